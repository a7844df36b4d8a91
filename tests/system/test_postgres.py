"""The database server goes away in the middle of the work, and comes back.

Short: once in each way; KPB_LONG=1: twenty times each.
"""

import random
import time

import pytest
from crew import LONG, generation, report, wait_for


@pytest.mark.parametrize("mode", ["fast", "immediate"] * (20 if LONG else 1))
def test_restart_during_a_run(own_crew, cluster, mode):
    own_crew.reset(own_crew.few)
    own_crew.start(*[generation(chunk=8)] * 3)
    wait_for(own_crew.calls)
    time.sleep(random.uniform(0, 0.5))
    cluster.restart(mode)
    _told, codes = own_crew.finish()
    before = own_crew.calls()
    assert own_crew.broken(is_complete=False) == {}
    begun = time.monotonic()
    assert own_crew.run(generation())[1] == [0]
    assert own_crew.broken() == {}
    report(
        test="restart",
        mode=mode,
        codes=codes,
        calls_before=before,
        seconds_to_resume=round(time.monotonic() - begun, 1),
    )
