"""Runs scheduled actions one after the other in a process of their own; prints JSON.

    run_job.py CONF DATABASE JOB... [--due N]

JOB is generate, lifecycle, escalate or reconcile. With --due, so many things are made due before
the first (missed appointments, calls given up today, activities that somebody cancelled). The last
line of the output is a JSON list with, for each: ``job handled seconds queries …``, and for
generate the ``plan`` of the query that looks for what is due.
"""

import argparse
import json

from meter import measured
from opening import superuser

#: Makes so many things due.
MADE_DUE = {
    "lifecycle": """
        UPDATE kpb_followup SET appointment_at = now() AT TIME ZONE 'UTC' - interval '2 days'
        WHERE id IN (SELECT id FROM kpb_followup WHERE state = 'appointment' ORDER BY id LIMIT %s)
    """,
    "escalate": """
        UPDATE kpb_followup SET state = 'failed', result = 'exhausted',
            closed_at = now() AT TIME ZONE 'UTC'
        WHERE id IN (SELECT id FROM kpb_followup WHERE state = 'todo' ORDER BY id LIMIT %s)
    """,
    "reconcile": """
        DELETE FROM mail_activity WHERE id IN (
            SELECT a.id FROM mail_activity a JOIN kpb_followup f ON f.id = a.res_id
            WHERE a.res_model = 'kpb.followup' AND a.active AND f.state = 'todo'
            ORDER BY a.id LIMIT %s
        )
    """,
}
#: Counts what a job adds or ends.
DONE = {
    "generate": "SELECT count(*) FROM kpb_followup",
    "lifecycle": "SELECT COALESCE(sum(no_show_count), 0) FROM kpb_followup",
    "escalate": "SELECT count(*) FROM kpb_escalation",
    "reconcile": """
        SELECT count(*) FROM mail_activity a JOIN kpb_followup f ON f.id = a.res_id
        WHERE a.active AND a.res_model = 'kpb.followup' AND f.state IN ('todo', 'appointment')
    """,
}


def plan_of_due(env):
    """Return the lines of PostgreSQL's plan for the search of what is due."""
    generator = env["kpb.generator"]
    records, domain, _work, order = generator._due_work()
    query = records._search(domain & records._not_parked_domain(), limit=4000, order=order)
    env.cr.execute(
        "EXPLAIN (ANALYZE, COSTS OFF, BUFFERS) " + env.cr.mogrify(query.select()).decode()
    )
    return [line for (line,) in env.cr.fetchall()]


def run(env, job, due):
    """Run a scheduled action; returns its figures."""
    if due and job in MADE_DUE:
        env.cr.execute(MADE_DUE[job], [due])
        env.cr.commit()

    def done():
        env.cr.execute(DONE[job])
        return env.cr.fetchone()[0]

    before = done()
    cron = env.ref(f"daya_kpb_followup.ir_cron_kpb_{job}")
    cron.display_name  # noqa: B018 - what every first look needs is not the job's
    with measured(env.cr) as figures:
        outcome = cron.method_direct_trigger()
    env.cr.commit()
    figures |= {"job": job, "handled": abs(int(done() - before)), "ended_well": outcome is True}
    if job == "generate":
        figures["plan"] = plan_of_due(env)
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("conf")
    parser.add_argument("database")
    parser.add_argument("jobs", nargs="+", choices=sorted(DONE))
    parser.add_argument("--due", type=int, default=0)
    options = parser.parse_args()
    with superuser(options.conf, options.database) as env:
        found = []
        for place, job in enumerate(options.jobs):
            found.append(run(env, job, 0 if place else options.due))
            env.invalidate_all()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
