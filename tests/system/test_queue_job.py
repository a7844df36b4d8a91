"""With OCA's queue_job beside the addon, a large catch-up is shared through its queue.

The real package and its real runner, in a server with worker processes. Without a network, and
without the package in the cache, there is nothing to test with.
"""

import os
import subprocess

import pytest
from crew import report, wait_for

FOLDER = os.environ.get("KPB_QUEUE_JOB")
pytestmark = pytest.mark.skipif(not FOLDER, reason="queue_job could not be downloaded")


@pytest.fixture
def arguments():
    """What lets Odoo find the package."""
    addons = f"{os.environ['ODOO_HOME']}/odoo/addons,{FOLDER}/odoo/addons,{{checkout}}"
    return lambda checkout: ["--addons-path", addons.format(checkout=checkout)]


@pytest.mark.slow
def test_claims_go_through_the_queue(many, arguments, free_port, tmp_path, request):
    checkout = request.config.rootpath.parent
    environment = many.odoo_environment | {
        "PYTHONPATH": f"{os.environ['ODOO_HOME']}:{FOLDER}",
        "ODOO_QUEUE_JOB_CHANNELS": "root:3",
        "ODOO_QUEUE_JOB_HOST": "127.0.0.1",
    }
    install = subprocess.run(
        many.odoo("--init", "queue_job", "--stop-after-init", "--no-http", *arguments(checkout)),
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert install.returncode == 0, install.stderr[-2000:]
    port, gevent_port = free_port(), free_port()
    many.call_generation()
    log = tmp_path / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            many.odoo(
                "--workers", 4, "--max-cron-threads", 1, "--http-port", port,
                "--gevent-port", gevent_port, "--load", "base,web,queue_job",
                *arguments(checkout),
            ),
            env=environment | {"ODOO_QUEUE_JOB_PORT": str(port)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            wait_for(lambda: everything_done(many), 600)
            # the run of the next hour finds nothing left, and notes that the day is complete
            many.call_generation()
            wait_for(lambda: not many.broken(), 300)
        finally:
            server.terminate()
            server.wait(timeout=60)
    jobs = many.ask("SELECT state, count(*) FROM queue_job GROUP BY 1")
    assert dict(jobs).keys() == {"done"}, (jobs, log.read_text()[-3000:])
    handled = many.ask("SELECT sum(result::int) FROM queue_job WHERE result ~ '^[0-9]+$'")[0][0]
    assert handled, "the queue has handled some of it"
    report(test="queue_job", jobs=dict(jobs), handled=handled)


def everything_done(crew):
    """Whether no claim waits any more and none of the battery's units is due."""
    waiting = crew.ask("SELECT count(*) FROM queue_job WHERE state NOT IN ('done', 'failed')")
    due = crew.ask(
        "SELECT count(*) FROM kpb_purchase p JOIN kpb_branch b ON b.id = p.branch_id"
        " WHERE p.chassis_number LIKE 'MH1BATTERY%%' AND p.next_followup_date <= now()::date"
    )
    return waiting == due == [(0,)]
