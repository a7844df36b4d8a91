"""Customers and their units, by COPY and INSERT … SELECT; the days come from the real rules.

Afterwards the temporary tables ``bench_step`` (every step of every day of purchase) and
``bench_unit`` (who, what, where, fate) are there for :mod:`calls`.
"""

from datetime import timedelta

from bulk import copy_rows, reserve_ids

FIRST_NAMES = (
    "Siti Asep Dewi Budi Rina Agus Sri Dedi Yanti Hendra Nur Joko Ani Rudi Fitri Andi Lina Eko"
    " Maya Iwan Ratna Dian Yusuf Wati Adi Indah Bayu Tuti Arif Lestari Putra Kartika Rizki"
).split()
LAST_NAMES = (
    "Aminah Sunandar Wijaya Santoso Lestari Hidayat Permata Kurniawan Rahayu Saputra Handayani"
    " Setiawan Puspita Nugroho Maharani Firmansyah Anggraini Gunawan Pratiwi Susanto Utami Halim"
    " Marlina Hakim Safitri Ramadhan Wulandari Pranoto Susilo Iskandar Purnama"
).split()
#: Shares of a hundred: who leaves after the free services, who stops earlier; the others stay.
LOST_SHARE, STOPPED_SHARE = 20, 5
#: After how many days a unit may be LOST or stopped; the last coupon is over by then.
LOST_AFTER = 400

PARTNERS = """
    INSERT INTO res_partner (id, name, complete_name, commercial_partner_id, phone,
        phone_sanitized, street, city, country_id, type, active, is_company, partner_share,
        color, kpb_completeness, birth_place, lang, create_uid, write_uid, create_date, write_date)
    SELECT u.partner_id, u.name, u.name, u.partner_id, u.phone, u.phone,
        'Jl. Bench No. ' || u.i %% 300 + 1, 'Bandung', %(country)s, 'contact', true, false, true,
        0, 60, 'Bandung', 'en_US', 1, 1, u.bought, u.bought
    FROM bench_unit u
"""
PURCHASES = """
    INSERT INTO kpb_purchase (id, partner_id, branch_id, salesperson_id, product_id, purchase_date,
        chassis_number, engine_number, license_plate, schedule_id, status, stage_id, stnk_state,
        lost_date, lost_reason_id, next_milestone_id, next_occurrence, next_followup_date,
        next_step_date, create_uid, write_uid, create_date, write_date)
    SELECT u.purchase_id, u.partner_id, u.branch_id, u.salesperson_id, u.product_id, u.bought,
        'MH1' || u.prefix || lpad(u.i::text, 10, '0'), u.prefix || 'E' || lpad(u.i::text, 7, '0'),
        u.plate, %(schedule)s, u.status,
        CASE u.status WHEN 'lost' THEN %(lost)s WHEN 'stopped' THEN %(stopped)s
            ELSE COALESCE(n.stage_id, %(renewal)s) END,
        CASE WHEN u.bought < u.day - 30 THEN 'collected' ELSE 'in_process' END,
        CASE u.status WHEN 'lost' THEN u.bought + 376 END,
        CASE u.status WHEN 'lost' THEN %(reason)s::int END,
        n.milestone_id, COALESCE(n.occurrence, 0), n.planned, n.planned, 1, 1, u.bought, u.bought
    FROM bench_unit u
    LEFT JOIN bench_step n ON u.status = 'active' AND n.bought = u.bought
        AND n.planned + u.is_due::int > u.day
        AND COALESCE(n.before, u.bought) + u.is_due::int <= u.day
"""
UNITS = """
    CREATE TEMP TABLE bench_unit AS
    SELECT n.*, CASE WHEN fate >= %(stays)s THEN 'stopped' WHEN fate >= %(kept)s THEN 'lost'
            ELSE 'active' END AS status,
        CASE WHEN fate >= %(stays)s THEN 2 + pg_temp.dice(i, 4, 4) WHEN fate >= %(kept)s THEN 5
            ELSE 99 END AS last_seq
    FROM (
        SELECT m.*,
            CASE WHEN is_due OR bought > day - %(lost_after)s THEN 0
                ELSE pg_temp.dice(i, 2, 100) END AS fate
        FROM (
            SELECT i, i <= %(last_due)s AS is_due, %(partner)s + i AS partner_id,
                %(purchase)s + i AS purchase_id, b.id AS branch_id, b.day,
                CASE WHEN i <= %(last_due)s
                    THEN b.due_days[1 + i / %(branches)s %% cardinality(b.due_days)]
                    ELSE b.day - 1 - pg_temp.dice(i, 1, %(span)s) END AS bought,
                b.sales[1 + i / %(branches)s %% cardinality(b.sales)] AS salesperson_id,
                b.admins[1 + i / %(branches)s %% cardinality(b.admins)] AS admin_id,
                p.id AS product_id, p.prefix,
                (%(first)s::text[])[1 + pg_temp.dice(i, 5, cardinality(%(first)s::text[]))] || ' '
                || (%(last)s::text[])[1 + pg_temp.dice(i, 6, cardinality(%(last)s::text[]))]
                    AS name,
                '+628' || 1000000000 + i * 7 AS phone,
                (ARRAY['D', 'B', 'F', 'Z', 'E'])[1 + i %% 5] || ' ' || 1000 + i / 5 %% 9000 || ' '
                || chr(65 + i / 45000 %% 26) || chr(65 + i / 1170000 %% 26) || 'K' AS plate
            FROM generate_series(%(before)s + 1, %(before)s + %(number)s) AS i
            JOIN bench_branch b ON b.n = i %% %(branches)s
            JOIN bench_product p ON p.n = pg_temp.dice(i, 3, %(products)s)
        ) m
    ) n
"""


def add_steps(env, first_day, last_day, branch_days):
    """Fill ``bench_step`` with every step of every purchase day.

    :return: branch day → the purchase days on which a step is planned for that very day
    """
    # here, because addons can be imported only when Odoo knows where they lie
    from odoo.addons.daya_kpb_followup.rules import schedule

    procedure = env.ref("daya_kpb_followup.kpb_schedule_sop")
    lines = {line.code: line for line in procedure.milestone_ids}
    milestones = procedure._rule_milestones()
    rows, due_days = [], {day: [] for day in branch_days}
    day = first_day
    while day <= last_day:
        before = None
        steps = schedule.steps(day, milestones)
        for number, step in enumerate(steps, 1):
            line = lines[step.milestone.code]
            after = steps[number].planned if number < len(steps) else None
            deadline = schedule.working_day_on_or_after(step.planned, frozenset(range(5)))
            what = (line.id, line.code, line.kpb_number, step.occurrence)
            who = (line.role_id.id, line.role_id.code, line.stage_id.id, line.activity_type_id.id)
            name = line._step_name(step.occurrence)
            rows.append((day, number, *what, *who, name, step.planned, deadline, before, after))
            if step.planned in due_days:
                due_days[step.planned].append(day)
            before = step.planned
        day += timedelta(days=1)
    copy_rows(
        env.cr,
        "bench_step",
        "bought date, seq int, milestone_id int, code text, kpb_number int, occurrence int,"
        " role_id int, role text, stage_id int, activity_type_id int, name text, planned date,"
        " deadline date, before date, after date",
        rows,
    )
    env.cr.execute("ANALYZE bench_step")
    return due_days


def add_units(env, number, due, span, branches, products):
    """Insert partners and purchases.

    :param int number: how many units
    :param int due: so many of them have a call that is due today
    :param int span: sold over so many days until yesterday
    :param branches: ``kpb.branch`` records
    :param products: rows (product id, engine prefix)
    """
    before = env["kpb.purchase"].search_count([])
    days = {branch: branch._today() for branch in branches}
    due_days = add_steps(
        env, min(days.values()) - timedelta(days=span + 1), max(days.values()), set(days.values())
    )

    def array(values):
        return "{" + ",".join(map(str, values)) + "}"

    def people(branch, role):
        return array(branch.member_ids.filtered(lambda line: line.role_id.code == role).user_id.ids)

    copy_rows(
        env.cr,
        "bench_branch",
        "n int, id int, day date, due_days date[], sales int[], admins int[]",
        (
            (
                place,
                branch.id,
                days[branch],
                array(due_days[days[branch]]),
                people(branch, "salesforce"),
                people(branch, "admin_crm_h2"),
            )
            for place, branch in enumerate(branches)
        ),
    )
    copy_rows(
        env.cr,
        "bench_product",
        "n int, id int, prefix text",
        ((place, *product) for place, product in enumerate(products)),
    )
    env.cr.execute(
        UNITS,
        {
            "number": number,
            "before": before,
            "last_due": before + due,
            "span": span,
            "branches": len(branches),
            "products": len(products),
            "partner": reserve_ids(env.cr, "res_partner", number) - before,
            "purchase": reserve_ids(env.cr, "kpb_purchase", number) - before,
            "first": list(FIRST_NAMES),
            "last": list(LAST_NAMES),
            "kept": 100 - LOST_SHARE - STOPPED_SHARE,
            "stays": 100 - STOPPED_SHARE,
            "lost_after": LOST_AFTER,
        },
    )
    env.cr.execute("ANALYZE bench_unit")
    env.cr.execute(PARTNERS, {"country": env.ref("base.id").id})
    stages = {
        name: env.ref(f"daya_kpb_followup.kpb_stage_{name}").id
        for name in ("lost", "stopped", "renewal")
    }
    env.cr.execute(
        PURCHASES,
        {
            **stages,
            "schedule": env.ref("daya_kpb_followup.kpb_schedule_sop").id,
            "reason": env.ref("daya_kpb_followup.kpb_lost_reason_elsewhere").id,
        },
    )
