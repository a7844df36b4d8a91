"""Many processes at once on the same due calls: each is made exactly once.

Short: five races of 2,000 calls; KPB_LONG=1: fifty for each number of processes, 10,000 calls.
"""

import time

import pytest
from crew import LONG, generation, report, scheduler, wait_for

RACES = [workers for workers in (2, 4, 8, 16) for _race in range(50)] if LONG else [2, 4, 8, 16, 16]
#: Odoo's own lock on a scheduled action is held by a connection that does nothing else.
LOCK_HOLDER = """
    SELECT a.pid FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid
     WHERE a.datname = current_database() AND a.state = 'idle in transaction'
       AND l.relation = 'ir_cron'::regclass AND l.mode = 'RowShareLock'
"""


@pytest.mark.parametrize("workers", RACES)
def test_processes_that_race(many, workers):
    begun = time.monotonic()
    told, codes = many.run(*[generation()] * workers)
    assert codes == [0] * workers, told
    assert many.broken() == {}
    report(
        test="race",
        workers=workers,
        calls=many.calls(),
        seconds=round(time.monotonic() - begun, 1),
        retries=sum(line["retries"] for line in told.values()),
        slowest_chunk=round(max(line["slowest"] for line in told.values()), 2),
    )


def test_the_scheduler_of_several_servers(many):
    """The real path: every server looks for ready actions, helpers are called, work is shared."""
    many.call_generation()
    told, codes = many.run(*[scheduler(chunk=100)] * 4)
    assert codes == [0] * 4, told
    assert many.broken() == {}
    helped = many.ask(
        "SELECT c.cron_name, sum(p.done) FROM ir_cron_progress p JOIN ir_cron c ON c.id = p.cron_id"
        " GROUP BY 1 HAVING sum(p.done) > 0"
    )
    assert len([name for name, _done in helped if name.startswith("KPB: helper")]) >= 1, helped


@pytest.mark.parametrize("repeat", range(20 if LONG else 2))
def test_the_lock_of_the_scheduler_is_lost(few, repeat):
    """The connection that holds the lock dies; another server starts the same action again.

    It dies after the first chunk, and without helpers, who would do the rest under their own names.
    """
    few.ask("UPDATE ir_cron SET active = false WHERE cron_name LIKE 'KPB: helper%%'")
    few.call_generation()
    before = few.calls()
    slow = {"name": "slow", "with": {"seconds": 0.4}}
    few.start(*[scheduler(chunk=20, faults=[slow])] * 2)
    wait_for(lambda: few.calls() > before)
    holders = wait_for(lambda: few.ask(LOCK_HOLDER))
    for (pid,) in holders:
        few.ask("SELECT pg_terminate_backend(%s)", pid)
    _told, _codes = few.finish()
    runs = few.ask(
        "SELECT count(*) FROM ir_cron_progress p JOIN ir_cron c ON c.id = p.cron_id"
        " WHERE c.cron_name = 'KPB: generate what is due' AND p.done > 0"
    )[0][0]
    assert runs >= 2, "the action ran a second time while the first was at work"
    few.run(generation())
    assert few.broken() == {}
