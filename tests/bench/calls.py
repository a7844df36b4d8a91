"""What happened to the units so far: follow-ups, attempts, visits, activities.

Every step whose day has come has its follow-up; the last one of a customer who stayed is mostly
still open, the earlier ones are closed with results spread as dealers tell them.
"""

from bulk import reserve_ids

#: Days after which a call that was not made is of no use, and closed: of a coupon, of the others.
COUPON_DAYS, OPEN_DAYS = 44, 59

CALLS = """
    CREATE TEMP TABLE bench_call AS
    SELECT *, row_number() OVER (ORDER BY planned, i)::int + %(before)s AS id,
        CASE WHEN is_open AND state_dice < 15 AND code <> 'renewal' THEN 'appointment'
            WHEN is_open THEN 'todo'
            WHEN result IN ('exhausted', 'refused', 'expired') THEN 'failed'
            WHEN result = 'unit_sold' THEN 'cancelled' ELSE 'done' END AS state,
        CASE WHEN is_open THEN tries_dice WHEN result = 'expired' THEN 0
            WHEN result = 'exhausted' THEN 5 ELSE 1 + tries_dice %% 3 END AS tries,
        LEAST(planned + 1 + tries_dice * 3, day) AS closed_on
    FROM (
        SELECT c.*, CASE WHEN is_open THEN NULL
            WHEN seq = last_seq AND status = 'stopped' THEN 'unit_sold'
            WHEN code = 'stnk' THEN CASE WHEN die < 85 THEN 'picked_up' ELSE 'exhausted' END
            WHEN code = 'renewal' THEN CASE WHEN die < 12 THEN 'interested'
                WHEN die < 60 THEN 'not_interested' WHEN die < 90 THEN 'exhausted'
                ELSE 'expired' END
            WHEN seq = last_seq THEN 'served_elsewhere'
            WHEN die < 60 - 30 * (status = 'lost')::int THEN 'came'
            WHEN die < 66 - 30 * (status = 'lost')::int THEN 'served_sister'
            WHEN die < 72 THEN 'served_elsewhere'
            WHEN die < 88 THEN 'exhausted' WHEN die < 95 THEN 'refused' ELSE 'expired' END AS result
        FROM (
            SELECT u.i, u.purchase_id, u.partner_id, u.branch_id, u.name AS customer, u.day,
                u.status, u.last_seq, s.seq, s.milestone_id, s.code, s.kpb_number, s.occurrence,
                s.role_id, s.activity_type_id, s.name, s.planned, s.deadline,
                CASE s.role WHEN 'salesforce' THEN u.salesperson_id ELSE u.admin_id END AS user_id,
                u.status = 'active' AND NOT u.is_due AND s.planned >= u.day
                        - CASE WHEN s.kpb_number > 0 THEN %(coupon_days)s ELSE %(open_days)s END
                    AND COALESCE(s.after > u.day, true) AS is_open,
                pg_temp.dice(u.i * 16 + s.seq, 8, 100) AS die,
                pg_temp.dice(u.i * 16 + s.seq, 9, 100) AS state_dice,
                pg_temp.dice(u.i * 16 + s.seq, 10, 4) AS tries_dice
            FROM bench_unit u JOIN bench_step s ON s.bought = u.bought
            WHERE s.planned <= u.day AND s.seq <= u.last_seq
                AND NOT (u.is_due AND s.planned = u.day)
        ) c
    ) r
"""
VISITS = """
    INSERT INTO kpb_visit (id, purchase_id, branch_id, place, dealer_name, kpb_number, odometer,
        date, relation, odm_validated, create_uid, write_uid, create_date, write_date)
    SELECT %(before)s + v.n, purchase_id, CASE place WHEN 'own' THEN branch_id
            WHEN 'sister' THEN (SELECT min(id) FROM bench_branch) END,
        place, CASE place WHEN 'elsewhere' THEN 'Bengkel Maju' END, kpb_number,
        400 + 12 * (planned - bought), closed_on, 'owner', place = 'own', user_id, user_id,
        closed_on, closed_on
    FROM bench_visit v
"""
FOLLOWUPS = """
    INSERT INTO kpb_followup (id, purchase_id, partner_id, branch_id, milestone_id, occurrence,
        role_id, user_id, planned_date, first_deadline, deadline, state, result, closed_at,
        visit_id, appointment_at, appointment_confirmed, attempt_count, unsuccessful_count,
        last_outcome, no_show_count, create_uid, write_uid, create_date, write_date)
    SELECT c.id, c.purchase_id, c.partner_id, c.branch_id, c.milestone_id, c.occurrence, c.role_id,
        c.user_id, c.planned, c.deadline,
        CASE WHEN is_open THEN GREATEST(c.deadline, c.day - 7 + pg_temp.dice(c.i, 11, 21))
            ELSE c.deadline END,
        c.state, c.result, CASE WHEN NOT is_open THEN c.closed_on + time '04:00' END,
        v.id, CASE WHEN c.state = 'appointment' THEN c.day + pg_temp.dice(c.i, 12, 7)
            + time '03:00' END,
        false, c.tries, CASE WHEN is_open OR c.result = 'exhausted' THEN c.tries
            ELSE GREATEST(c.tries - 1, 0) END,
        CASE WHEN c.tries = 0 THEN NULL WHEN c.state = 'appointment' THEN 'will_come'
            WHEN is_open OR c.result = 'exhausted' THEN 'no_answer'
            WHEN c.result = 'came' THEN 'will_come' ELSE c.result END,
        0, 1, 1, c.planned, c.planned
    FROM bench_call c LEFT JOIN bench_visit v ON v.call_id = c.id
"""
ATTEMPTS = """
    INSERT INTO kpb_attempt (followup_id, user_id, channel, outcome, unsuccessful, undone, date,
        create_uid, write_uid, create_date, write_date)
    SELECT c.id, c.user_id, CASE WHEN n % 3 = 0 THEN 'whatsapp' ELSE 'phone' END,
        CASE WHEN n < c.tries OR is_open OR c.result = 'exhausted' THEN 'no_answer'
            WHEN c.result = 'came' THEN 'will_come' ELSE c.result END,
        n < c.tries OR is_open OR COALESCE(c.result, '') = 'exhausted', false, at, c.user_id,
        c.user_id, at, at
    FROM bench_call c, generate_series(1, c.tries) n,
        LATERAL (SELECT LEAST(c.planned + n, c.day) + time '03:00' AS at) t
"""
ACTIVITIES = """
    INSERT INTO mail_activity (res_model_id, res_model, res_id, res_name, summary,
        activity_type_id, user_id, user_tz, date_deadline, automated, active, create_uid,
        write_uid, create_date, write_date)
    SELECT %(model)s, 'kpb.followup', f.id, c.name || ' · ' || c.customer,
        c.name || ' · ' || c.customer, c.activity_type_id, f.user_id, p.tz, f.deadline, true, true,
        1, 1, f.create_date, f.create_date
    FROM bench_call c JOIN kpb_followup f ON f.id = c.id
    JOIN res_users u ON u.id = f.user_id JOIN res_partner p ON p.id = u.partner_id
    WHERE c.is_open
"""
STAGES = """
    UPDATE kpb_purchase p SET stage_id = s.stage_id, next_step_date = f.deadline
    FROM bench_call c JOIN kpb_followup f ON f.id = c.id
    JOIN kpb_milestone s ON s.id = c.milestone_id
    WHERE c.is_open AND c.purchase_id = p.id
"""
ANSWERS = """
    UPDATE kpb_purchase p SET status = a.status, stage_id = a.stage_id
    FROM (
        SELECT purchase_id, CASE result WHEN 'interested' THEN 'prospect' ELSE 'stopped' END status,
            CASE result WHEN 'interested' THEN %(prospect)s ELSE %(stopped)s END stage_id
        FROM bench_call WHERE result IN ('interested', 'not_interested')
    ) a
    WHERE a.purchase_id = p.id
"""


def add_calls(env):
    """Insert the history of the units that :mod:`units` has just added."""
    cr = env.cr
    cr.execute("SELECT count(*) FROM bench_unit u JOIN bench_step s USING (bought)")
    at_most = cr.fetchone()[0]
    before = reserve_ids(cr, "kpb_followup", at_most)
    cr.execute(CALLS, {"before": before, "open_days": OPEN_DAYS, "coupon_days": COUPON_DAYS})
    cr.execute("ANALYZE bench_call")
    cr.execute(
        """
        CREATE TEMP TABLE bench_visit AS
        SELECT c.id AS call_id, c.purchase_id, c.branch_id, c.kpb_number, c.planned, c.closed_on,
            c.user_id, u.bought, row_number() OVER (ORDER BY c.id)::int AS n, 0 AS id,
            CASE c.result WHEN 'came' THEN 'own' WHEN 'served_sister' THEN 'sister'
                ELSE 'elsewhere' END AS place
        FROM bench_call c JOIN bench_unit u USING (i)
        WHERE c.result IN ('came', 'served_sister', 'served_elsewhere')
        """
    )
    first = reserve_ids(cr, "kpb_visit", cr.rowcount)
    cr.execute("UPDATE bench_visit SET id = %s + n", [first])
    cr.execute("ANALYZE bench_visit")
    cr.execute(VISITS, {"before": first})
    cr.execute(FOLLOWUPS)
    cr.execute(ATTEMPTS)
    cr.execute(ACTIVITIES, {"model": env["ir.model"]._get_id("kpb.followup")})
    cr.execute(STAGES)
    cr.execute(
        ANSWERS,
        {
            name: env.ref(f"daya_kpb_followup.kpb_stage_{name}").id
            for name in ("prospect", "stopped")
        },
    )
