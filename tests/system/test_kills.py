"""A worker that is killed, at any moment: nothing is half done, and the next run completes it.

Short: 20 random moments and each fixed point once; KPB_LONG=1: 200 and ten times.
"""

import os
import random
import signal
import time
from contextlib import suppress

import pytest
from crew import LONG, generation, report, scheduler
from faults import POINTS

RANDOM_KILLS = 200 if LONG else 20
#: Each run takes the work where the last one died.
KILLS_PER_COPY = 5
#: So that a quick machine is not done before the kill.
PAUSE = {"name": "slow", "with": {"seconds": 0.03}}
TIMES = range(1, 11) if LONG else [2]


@pytest.mark.parametrize("copy", range(RANDOM_KILLS // KILLS_PER_COPY))
def test_kill_at_a_random_moment(few, copy):
    killed, found = 0, []
    for _kill in range(10 * KILLS_PER_COPY):
        if killed == KILLS_PER_COPY:
            break
        if not few.units():
            few.reset(few.few)
            found = []
        (pid,) = few.start(generation(chunk=7, faults=[PAUSE]))
        time.sleep(random.uniform(0.05, 1.0))
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        (code,) = few.finish()[1]
        assert code in (-signal.SIGKILL, 0), "it is killed, or was done before"
        killed += code == -signal.SIGKILL
        found.append(few.calls())
        assert few.broken(is_complete=False) == {}
    assert killed == KILLS_PER_COPY
    begun = time.monotonic()
    assert few.run(generation())[1] == [0]
    assert few.broken() == {}
    assert found == sorted(found), "what was committed stays"
    report(
        test="random kill",
        killed=killed,
        calls_found=found,
        seconds_to_resume=round(time.monotonic() - begun, 1),
    )


@pytest.mark.parametrize("nth", TIMES)
@pytest.mark.parametrize("point", POINTS)
def test_kill_at_a_fixed_point(few, point, nth):
    few.call_generation()
    _told, codes = few.run(scheduler(chunk=10, faults=[{"name": point, "with": {"nth": nth}}]))
    assert codes == [-signal.SIGKILL], "it died where it should"
    assert few.broken(is_complete=False) == {}
    assert few.run(generation())[1] == [0]
    assert few.broken() == {}


@pytest.mark.parametrize("point", POINTS if LONG else POINTS[2:4])
def test_kill_one_of_four(few, point):
    few.call_generation()
    dying = scheduler(chunk=10, faults=[{"name": point, "with": {"nth": 2}}])
    _told, codes = few.run(dying, *[generation(chunk=10)] * 3)
    assert codes[0] in (-signal.SIGKILL, 0), "the others may have left it nothing to die of"
    assert codes[1:] == [0] * 3
    assert few.run(generation())[1] == [0]
    assert few.broken() == {}
