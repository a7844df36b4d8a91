"""As many CRM leads as there are units, for comparison: Odoo's own application on the same machine.

    leads.py CONF DATABASE NUMBER

Spread over the same people, with the customers' names and phones. ``bench.crm.own`` sees his own
leads, ``bench.crm.all`` all of them; both have the password ``bench``.
"""

import sys

from bulk import add_dice, in_bulk
from opening import superuser
from people import PASSWORD

OWN, ALL = "bench.crm.own", "bench.crm.all"
GROUPS = {OWN: "group_sale_salesman", ALL: "group_sale_salesman_all_leads"}
LEADS = """
    INSERT INTO crm_lead (name, type, active, user_id, team_id, stage_id, partner_id, contact_name,
        partner_name, phone, phone_sanitized, email_from, email_normalized, expected_revenue,
        prorated_revenue, probability, automated_probability, priority, color, company_id,
        date_open, date_last_stage_update, date_deadline, won_status, create_uid, write_uid,
        create_date, write_date)
    SELECT 'Vario 125 for ' || p.name, 'opportunity', true,
        (%(people)s::int[])[1 + p.n %% cardinality(%(people)s::int[])], %(team)s,
        (%(stages)s::int[])[1 + pg_temp.dice(p.n, 21, cardinality(%(stages)s::int[]))],
        p.id, p.name, NULL, p.phone, p.phone, 'c' || p.n || '@example.com',
        'c' || p.n || '@example.com', 20000000, 2000000, 10, 10,
        pg_temp.dice(p.n, 22, 3)::text, 0, %(company)s, d.at, d.at,
        d.at::date + 60, 'pending', 1, 1, d.at, d.at
    FROM (
        SELECT id, name, phone, row_number() OVER (ORDER BY id) AS n FROM res_partner
        WHERE phone LIKE '+628%%' ORDER BY id LIMIT %(number)s
    ) p, LATERAL (
        SELECT now() AT TIME ZONE 'UTC' - pg_temp.dice(p.n, 23, 700) * interval '1 day' AS at
    ) d
"""

#: As many activities per seller as a caller has calls.
ACTIVITIES = """
    INSERT INTO mail_activity (res_model_id, res_model, res_id, res_name, summary,
        activity_type_id, user_id, date_deadline, automated, active, create_uid, write_uid,
        create_date, write_date)
    SELECT %s, 'crm.lead', id, name, 'Call',
        (SELECT min(id) FROM mail_activity_type WHERE category = 'phonecall'), user_id,
        (now() AT TIME ZONE 'UTC')::date - 7 + (n %% 21)::int, false, true, 1, 1,
        create_date, create_date
    FROM (
        SELECT *, row_number() OVER (PARTITION BY user_id ORDER BY id DESC) AS n FROM crm_lead
        WHERE user_id = ANY(%s)
    ) l
    WHERE n <= (
        SELECT count(*) / GREATEST(count(DISTINCT user_id), 1) FROM mail_activity
        WHERE res_model = 'kpb.followup' AND active
    )
"""


def add_leads(env, number):
    """Insert opportunities; commits."""
    team = env["crm.team"].search([], limit=1)
    users = env["res.users"].with_context(no_reset_password=True)
    for login, group in GROUPS.items():
        users.search([("login", "=", login)]) or users.create(
            {
                "name": login,
                "login": login,
                "password": PASSWORD,
                "group_ids": [(4, env.ref(f"sales_team.{group}").id)],
            }
        )
    sellers = users.search([("login", "=like", "bench.salesforce.%")])
    people = users.search([("login", "in", tuple(GROUPS))]) | sellers
    add_dice(env.cr)
    with in_bulk(env.cr, "crm_lead"):
        env.cr.execute(
            LEADS,
            {
                "people": people.ids,
                "team": team.id,
                "stages": env["crm.stage"].search([("is_won", "=", False)]).ids,
                "company": env.company.id,
                "number": number,
            },
        )
    env.cr.execute(ACTIVITIES, [env["ir.model"]._get_id("crm.lead"), people.ids])
    env.cr.execute("ANALYZE crm_lead; ANALYZE mail_activity")
    env.cr.commit()


def main(conf, database, number):
    with superuser(conf, database) as env:
        add_leads(env, int(number))


if __name__ == "__main__":
    main(*sys.argv[1:])
