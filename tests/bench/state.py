"""What the peers start from, again and again: the same due units, and nothing made yet.

state.py CONF DATABASE remember|restore
"""

import json
import sys

from bulk import swept
from opening import superuser

#: Tables in which a run leaves rows, the referring ones first.
LEFT_BEHIND = (
    "mail_mail",
    "mail_notification",
    "mail_message",
    "mail_followers",
    "mail_activity",
    "kpb_followup",
    "bus_bus",
)
POINTER = (
    "next_milestone_id",
    "next_occurrence",
    "next_followup_date",
    "next_step_date",
    "stage_id",
)


def remember(cr):
    """Keep where the due units stand, and how far the ids have come; commits.

    :return: how many units are due today
    """
    cr.execute("DROP TABLE IF EXISTS bench_due, bench_last")
    cr.execute(
        f"""
        CREATE TABLE bench_due AS
        SELECT p.id, {", ".join(POINTER)}
        FROM kpb_purchase p
        WHERE next_followup_date <= (now() AT TIME ZONE 'Asia/Jayapura')::date ORDER BY p.id
        """
    )
    due = cr.rowcount
    cr.execute("CREATE TABLE bench_last (name text, id int)")
    for table in LEFT_BEHIND:
        column = "mail_message_id" if table == "mail_notification" else "id"
        cr.execute(
            f"INSERT INTO bench_last SELECT '{table}', COALESCE(max({column}), 0) FROM {table}"
        )
    cr.commit()
    return due


def restore(cr):
    """Take back what a run has done, and sweep up after it; commits."""
    pointer = ", ".join(f"{name} = d.{name}" for name in POINTER)
    for table in LEFT_BEHIND:
        column = "mail_message_id" if table == "mail_notification" else "id"
        cr.execute(
            f"DELETE FROM {table} WHERE {column} > (SELECT id FROM bench_last WHERE name = %s)",
            [table],
        )
    cr.execute(
        f"UPDATE kpb_purchase p SET {pointer} FROM bench_due d WHERE d.id = p.id"
        " AND p.next_followup_date IS DISTINCT FROM d.next_followup_date"
    )
    cr.commit()
    with swept(cr) as sweeper:
        for table in (*LEFT_BEHIND, "kpb_purchase"):
            sweeper.execute(f"VACUUM ANALYZE {table}")
        sweeper.execute("CHECKPOINT")


def main(conf, database, verb):
    with superuser(conf, database) as env:
        print(json.dumps(globals()[verb](env.cr)))


if __name__ == "__main__":
    main(*sys.argv[1:])
