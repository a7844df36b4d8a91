"""What must hold in a database whatever happened to its processes: plain SQL and plain Python.

Nothing here comes from the addon: the days of the calls are counted a second time, from the
configured rows, with month numbers and ordinals. :func:`broken` returns what does not hold.

I1  no two follow-ups for one (purchase, milestone, occurrence)
I2  every due call of a unit of the battery has its follow-up, in the right state, and no other
I3  every open follow-up has exactly one live activity of its owner, or is on the "No owner" or the
    parked list
I4  no live activity of ours without an open follow-up
I5  at most one escalation per (follow-up, rule, station)
I6  at most one opportunity per offer
I7  the unique indexes are there and valid
I10 a unit's next day is that of the open call that waits longest, else of the call to come
"""

from calendar import monthrange
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import psycopg2

#: Chassis numbers of the units that I2 knows everything about begin so.
BATTERY = "MH1BATTERY"
OPEN = ("todo", "appointment")
#: Hours ahead of UTC; Indonesia knows no daylight saving.
HOURS = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}
UNIQUE_INDEXES = {
    "kpb_followup_once",
    "kpb_escalation_once",
    "kpb_purchase_chassis_unique",
    "kpb_purchase_engine_unique",
    "kpb_visit_coupon_once",
    "crm_lead_kpb_offer_once",
}
IN_SQL = {
    "I1": """
        SELECT purchase_id, milestone_id, occurrence, count(*) FROM kpb_followup
         GROUP BY 1, 2, 3 HAVING count(*) > 1
    """,
    "I3": """
        SELECT f.id, f.user_id, count(a.id) FROM kpb_followup f
          JOIN kpb_purchase p ON p.id = f.purchase_id
          LEFT JOIN (
                SELECT a.id, a.res_id, a.user_id FROM mail_activity a
                  JOIN mail_activity_type t ON t.id = a.activity_type_id
                 WHERE a.active AND a.res_model = 'kpb.followup' AND t.res_model = 'kpb.followup'
               ) a ON a.res_id = f.id AND a.user_id = f.user_id
         WHERE f.state IN ('todo', 'appointment')
           AND NOT (f.user_id IS NULL AND f.no_owner_reason IS NOT NULL)
           AND COALESCE(f.park_count, 0) = 0 AND COALESCE(p.park_count, 0) = 0
         GROUP BY f.id HAVING count(a.id) <> 1
    """,
    "I4": """
        SELECT a.id, a.res_id FROM mail_activity a
          JOIN mail_activity_type t ON t.id = a.activity_type_id
          LEFT JOIN kpb_followup f ON f.id = a.res_id
         WHERE a.active AND a.res_model = 'kpb.followup' AND t.res_model = 'kpb.followup'
           AND (f.id IS NULL OR f.state NOT IN ('todo', 'appointment'))
    """,
    "I5": """
        SELECT followup_id, rule_id, level_id, count(*) FROM kpb_escalation
         GROUP BY 1, 2, 3 HAVING count(*) > 1
    """,
    "I6": """
        SELECT kpb_purchase_id, count(*) FROM crm_lead
         WHERE kpb_purchase_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1
    """,
    "I10": """
        SELECT p.id, p.next_step_date, p.next_followup_date, min(f.deadline) FROM kpb_purchase p
          LEFT JOIN kpb_followup f
                 ON f.purchase_id = p.id AND f.state IN ('todo', 'appointment')
         GROUP BY p.id
        HAVING p.next_step_date IS DISTINCT FROM COALESCE(min(f.deadline), p.next_followup_date)
    """,
}


def broken(database, *, is_complete=True, **server):
    """Return name of an invariant → what breaks it; empty when all hold.

    :param str database: name
    :param bool is_complete: the last run came to its end, so that nothing may be missing (I2)
    :param server: host and port, where it is not the usual server
    """
    connection = psycopg2.connect(dbname=database, **server)
    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
    try:
        with connection.cursor() as cursor:
            found = {name: rows(cursor, statement) for name, statement in IN_SQL.items()}
            found["I7"] = missing_indexes(cursor)
            if is_complete:
                found["I2"] = wrong_calls(cursor)
    finally:
        connection.close()
    return {name: problems[:10] for name, problems in found.items() if problems}


def rows(cursor, statement, *values):
    """Return the rows of a statement."""
    cursor.execute(statement, values or None)
    return cursor.fetchall()


def missing_indexes(cursor):
    """Return the unique indexes that are not there, or not valid."""
    valid = rows(
        cursor,
        """
        SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
         WHERE i.indisunique AND i.indisvalid AND i.indisready AND c.relname = ANY(%s)
        """,
        sorted(UNIQUE_INDEXES),
    )
    return sorted(UNIQUE_INDEXES - {name for (name,) in valid})


def wrong_calls(cursor):
    """Compare the follow-ups of the battery's units with what a second count of days expects."""
    if behind := branches_behind(cursor):
        return behind
    expected, parked = expected_calls(cursor)
    found = {}
    for purchase, code, occurrence, state, result in rows(
        cursor,
        """
        SELECT f.purchase_id, m.code, f.occurrence, f.state, f.result FROM kpb_followup f
          JOIN kpb_milestone m ON m.id = f.milestone_id JOIN kpb_purchase p ON p.id = f.purchase_id
         WHERE p.chassis_number LIKE %s
        """,
        f"{BATTERY}%",
    ):
        kind = "open" if state in OPEN else result
        found[purchase, code, occurrence] = kind
    problems = []
    for key in expected.keys() | found.keys():
        want, have = expected.get(key), found.get(key)
        if want != have and key[0] not in parked:
            problems.append((*key, f"expected {want}, found {have}"))
        if key[0] in parked and have:
            problems.append((*key, "done although the unit is parked"))
    return sorted(problems)


def branches_behind(cursor):
    """Return the battery's branches whose last complete day is neither today nor yesterday.

    Yesterday is as good: midnight may have passed since the run.
    """
    behind = []
    for name, as_of, tz in rows(
        cursor,
        """
        SELECT DISTINCT b.name, b.generated_as_of, b.tz
          FROM kpb_branch b JOIN kpb_purchase p ON p.branch_id = b.id
         WHERE p.chassis_number LIKE %s
        """,
        f"{BATTERY}%",
    ):
        today = (datetime.now(UTC) + timedelta(hours=HOURS[tz])).date()
        if as_of not in (today, today - timedelta(days=1)):
            behind.append((name, f"complete up to {as_of} only"))
    return behind


def expected_calls(cursor):
    """Return ((purchase, milestone code, occurrence) → "open" or "expired", ids of parked units).

    For units that nobody has done anything about: no visit, no result, no option of a schedule.
    """
    assert not rows(
        cursor,
        """
        SELECT 1 FROM kpb_purchase p JOIN kpb_schedule s ON s.id = p.schedule_id
         WHERE p.chassis_number LIKE %s AND (s.call_before_end OR s.regular_from_visit)
        """,
        f"{BATTERY}%",
    ), "the oracle knows the plain schedules only"
    milestones = defaultdict(list)
    for schedule, *line in rows(
        cursor,
        """
        SELECT schedule_id, code, COALESCE(kpb_number, 0), COALESCE(offset_days, 0),
               COALESCE(offset_months, 0), COALESCE(interval_months, 0), COALESCE(end_months, 0),
               COALESCE(useful_days, 0) FROM kpb_milestone
        """,
    ):
        milestones[schedule].append(line)
    windows = rows(cursor, "SELECT COALESCE(engine_prefix, ''), kpb_number, max_days "
                           "FROM kpb_coupon_window")  # fmt: skip
    expected, parked = {}, set()
    for purchase, schedule, bought, engine, go_live, as_of, tries in rows(
        cursor,
        """
        SELECT p.id, p.schedule_id, p.purchase_date, p.engine_number, b.go_live_date,
               b.generated_as_of, COALESCE(p.park_count, 0)
          FROM kpb_purchase p JOIN kpb_branch b ON b.id = p.branch_id
         WHERE p.chassis_number LIKE %s AND p.status IN ('active', 'at_risk')
        """,
        f"{BATTERY}%",
    ):
        if tries:
            parked.add(purchase)
        for code, occurrence, planned, useful in plan(bought, milestones[schedule]):
            if planned > as_of:
                continue
            number = next(line[1] for line in milestones[schedule] if line[0] == code)
            last = coupon_end(bought, engine, number, windows)
            if last is None or last < planned:
                last = planned + timedelta(days=useful)
            if as_of <= last:
                expected[purchase, code, occurrence] = "open"
            elif planned >= go_live:
                expected[purchase, code, occurrence] = "expired"
    return expected, parked


def plan(bought, milestones):
    """Yield (code, occurrence, planned day, days it stays useful) of a unit's calls."""
    for code, _number, days, months, interval, end, useful in milestones:
        anchor = months_later(bought, months) + timedelta(days=days)
        if not interval:
            yield code, 1, anchor, useful
            continue
        occurrence = 1
        while months_later(anchor, interval * occurrence) < months_later(bought, end):
            yield code, occurrence, months_later(anchor, interval * occurrence), useful
            occurrence += 1


def months_later(day, months):
    """Return the same day so many months later, or the last one of a shorter month."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def coupon_end(bought, engine, number, windows):
    """Return the last day of a coupon, grace included; None when there is no such coupon."""
    fitting = [line for line in windows if line[1] == number and engine.startswith(line[0])]
    if not fitting:
        return None
    days = max(fitting, key=lambda line: len(line[0]))[2]
    return date.fromordinal(bought.toordinal() + days)
