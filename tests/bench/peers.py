"""Five ways to turn due milestones into activities, on the same units.

``schedule``    one ``activity_schedule`` per record: what most addons do
``automation``  a time-based automation rule that creates the activity: what a user clicks together
``batch``       plain ``mail.activity.create``, 500 at a time
``addon``       this addon: follow-up, activity and pointer, through its scheduled action
``sql``         the rows of ``addon``, known beforehand, as plain INSERT and UPDATE

Each does what Odoo does by default. That includes the mail to each assignee, which goes to a server
on this machine that takes it at once; the addon sends none, its people have their list.
"""

from psycopg2.extras import execute_values

from odoo.fields import Domain

CHUNK = 500
#: What is too slow for all due milestones is measured on so many of them.
SAMPLED = ("schedule", "automation", "batch")


def due_units(env, limit=None):
    """Return the due units with who is to call, in the order of their ids."""
    env.cr.execute("SELECT id FROM bench_due ORDER BY id LIMIT %s", [limit])
    return env["kpb.purchase"].browse([row[0] for row in env.cr.fetchall()])


def schedule(env, units):
    call = env.ref("mail.mail_activity_data_call").id
    for unit in units:
        unit.activity_schedule(
            activity_type_id=call,
            date_deadline=unit.next_followup_date,
            summary=unit.next_milestone_id.name,
            user_id=unit.salesperson_id.id,
        )
    env.cr.commit()


def batch(env, units):
    model_id = env["ir.model"]._get_id("kpb.purchase")
    call = env.ref("mail.mail_activity_data_call").id
    for start in range(0, len(units), CHUNK):
        env["mail.activity"].create(
            [
                {
                    "activity_type_id": call,
                    "date_deadline": unit.next_followup_date,
                    "res_id": unit.id,
                    "res_model_id": model_id,
                    "summary": unit.next_milestone_id.name,
                    "user_id": unit.salesperson_id.id,
                }
                for unit in units[start : start + CHUNK]
            ]
        )
        env.cr.commit()


def add_rule(env, units):
    """Make the automation rule as a user would, for these units only."""
    action = {
        "name": "Call",
        "state": "next_activity",
        "model_id": env["ir.model"]._get_id("kpb.purchase"),
        "activity_type_id": env.ref("mail.mail_activity_data_call").id,
        "activity_summary": "Call",
        "activity_user_type": "generic",
        "activity_user_field_name": "salesperson_id",
        "activity_date_deadline_range": 0,
        "activity_date_deadline_range_type": "days",
    }
    return env["base.automation"].create(
        {
            "name": "Call what is due",
            "model_id": env["ir.model"]._get_id("kpb.purchase"),
            "trigger": "on_time",
            "trg_date_id": env["ir.model.fields"]._get("kpb.purchase", "next_followup_date").id,
            # a day before, because Odoo compares with the date in London
            "trg_date_range": 1,
            "trg_date_range_mode": "before",
            "trg_date_range_type": "day",
            "filter_domain": repr(list(Domain("id", "in", units.ids))),
            "action_server_ids": [(0, 0, action)],
        }
    )


def automation(env, _units):
    env["base.automation"]._cron_process_time_based_actions()
    env.cr.commit()


def addon(env, _units):
    env.ref("daya_kpb_followup.ir_cron_kpb_generate").method_direct_trigger()
    env.cr.commit()


def read_rows(cr):
    """Return what ``addon`` wrote, for ``sql``: table → (columns, rows); and the new pointers."""
    written = {}
    for table in ("kpb_followup", "mail_activity"):
        cr.execute(
            f"SELECT * FROM {table} WHERE id > (SELECT id FROM bench_last WHERE name = %s)"
            " ORDER BY id",
            [table],
        )
        written[table] = ([column.name for column in cr.description], cr.fetchall())
    cr.execute(
        """
        SELECT p.id, p.next_milestone_id, p.next_occurrence, p.next_followup_date,
            p.next_step_date, p.stage_id
        FROM kpb_purchase p JOIN bench_due USING (id) ORDER BY p.id
        """
    )
    written["kpb_purchase"] = (["id"], cr.fetchall())
    return written


def sql(env, written):
    """Write the rows again, chunk by chunk, follow-ups, activities and pointers of the same."""
    cr = env.cr
    followups, units = written["kpb_followup"][1], written["kpb_purchase"][1]
    for start in range(0, max(len(followups), len(units)), CHUNK):
        for table in ("kpb_followup", "mail_activity"):
            columns, rows = written[table]
            # as many chunks as the follow-ups have, whatever the number of activities
            share = -(-len(rows) * CHUNK // max(len(followups), 1))
            place = start // CHUNK * share
            insert(cr, table, columns, rows[place : place + share])
        if units[start : start + CHUNK]:
            execute_values(
                cr._obj,
                """
                UPDATE kpb_purchase p SET next_milestone_id = v.milestone,
                    next_occurrence = v.occurrence, next_followup_date = v.day,
                    next_step_date = v.call_on, stage_id = v.stage,
                    write_date = now() AT TIME ZONE 'UTC'
                FROM (VALUES %s) AS v(id, milestone, occurrence, day, call_on, stage)
                WHERE p.id = v.id
                """,
                units[start : start + CHUNK],
                template="(%s, %s::int, %s::int, %s::date, %s::date, %s::int)",
                page_size=CHUNK,
            )
        cr.commit()


def insert(cr, table, columns, rows):
    if rows:
        execute_values(
            cr._obj,
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES %s",
            rows,
            page_size=len(rows),
        )
