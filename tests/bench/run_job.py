"""Runs one scheduled action once in a process of its own; prints JSON.

    run_job.py CONF DATABASE JOB [DUE]

JOB is generate, lifecycle, escalate or reconcile. With DUE, so many things are made due for it
before (missed appointments, activities that somebody cancelled; for escalate and generate: what
is there). The last line of the output is a JSON object: ``job handled seconds queries …``, and
for generate the ``plan`` of the query that looks for what is due.
"""

import json
import sys

from meter import measured
from opening import superuser

#: Makes so many things due.
MADE_DUE = {
    "lifecycle": """
        UPDATE kpb_followup SET appointment_at = now() AT TIME ZONE 'UTC' - interval '2 days'
        WHERE id IN (SELECT id FROM kpb_followup WHERE state = 'appointment' ORDER BY id LIMIT %s)
    """,
    "reconcile": """
        DELETE FROM mail_activity WHERE id IN (
            SELECT a.id FROM mail_activity a JOIN kpb_followup f ON f.id = a.res_id
            WHERE a.res_model = 'kpb.followup' AND a.active AND f.state = 'todo'
            ORDER BY a.id LIMIT %s
        )
    """,
}
#: Counts what a job has done.
DONE = {
    "generate": "SELECT count(*) FROM kpb_followup",
    "lifecycle": "SELECT COALESCE(sum(no_show_count), 0) FROM kpb_followup",
    "escalate": "SELECT count(*) FROM kpb_escalation",
    "reconcile": """
        SELECT count(*) FROM mail_activity WHERE active AND res_model = 'kpb.followup'
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
    figures |= {"job": job, "handled": int(done() - before), "ended_well": outcome is True}
    if job == "generate":
        figures["plan"] = plan_of_due(env)
    return figures


def main(conf, database, job, due="0"):
    with superuser(conf, database) as env:
        print(json.dumps(run(env, job, int(due))))


if __name__ == "__main__":
    main(*sys.argv[1:])
