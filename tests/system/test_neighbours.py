"""What else goes on while calls are generated: people write, records fail, the addon is updated."""

import subprocess
import time
from itertools import product

import pytest
from crew import LONG, generation, report, scheduler

#: What scheduled jobs may write.
WRITTEN = """
    kpb_purchase kpb_followup kpb_escalation kpb_branch mail_activity mail_mail mail_message
    mail_followers crm_lead
""".split()
PLACES = ("first", "middle", "last")
#: Writes of people in a second, all together, where the machine can.
PACE, WRITERS = 50, 4


def write_versions(crew):
    """Every row that generation may write, with its version."""
    return {
        table: crew.ask(f"SELECT id, xmin::text, ctid::text FROM {table} ORDER BY id")
        for table in WRITTEN
    }


def test_people_write_the_same_units(many):
    units = many.units()
    writers = [
        {"run": "user", "seconds": 6, "pace": PACE / WRITERS, "units": units[place::WRITERS]}
        for place in range(WRITERS)
    ]
    told, codes = many.run(*writers, generation(chunk=50), generation(chunk=50))
    assert codes == [0] * (WRITERS + 2), told
    assert many.broken() == {}
    plates = dict(many.ask("SELECT id, license_plate FROM kpb_purchase"))
    people = [told[place] for place in range(WRITERS)]
    lost = [
        unit
        for person in people
        for unit, plate in person["written"].items()
        if plates[int(unit)].replace(" ", "") != plate.replace(" ", "")
    ]
    assert lost == []
    assert [person["failures"] for person in people] == [0] * WRITERS
    writes = sum(person["writes"] for person in people)
    report(
        test="people write",
        writes=writes,
        per_second=round(writes / 6, 1),
        retries=sum(told[place]["retries"] for place in (WRITERS, WRITERS + 1)),
    )


@pytest.mark.parametrize(
    ("number", "place"),
    list(product((1, 10, 1000), PLACES)) if LONG else [(1, "first"), (10, "middle"), (10, "last")],
)
def test_records_that_cannot_be_done(many, number, place):
    units = many.units()
    number = min(number, len(units) // 2)
    start = {"first": 0, "middle": (len(units) - number) // 2, "last": len(units) - number}[place]
    bad = units[start : start + number]
    begun = time.monotonic()
    told, codes = many.run(generation(faults=[{"name": "poison", "with": {"units": bad}}]))
    assert codes == [1], "the failure shows"
    assert "poisoned" in told[0]["error"]
    parked = many.ask("SELECT id FROM kpb_purchase WHERE park_count = 1 ORDER BY id")
    assert [unit for (unit,) in parked] == sorted(bad), "these, and no others"
    assert many.broken() == {}, "everything else is done in the same run"
    seconds = time.monotonic() - begun
    again, codes = many.run(generation(faults=[{"name": "poison", "with": {"units": bad}}]))
    assert codes == [0], again
    assert many.ask("SELECT max(park_count) FROM kpb_purchase") == [(1,)], "not before its time"
    many.ask("UPDATE kpb_purchase SET park_retry_at = now() WHERE park_count > 0")
    assert many.run(generation())[1] == [0]
    assert many.ask("SELECT count(*) FROM kpb_purchase WHERE park_count > 0") == [(0,)]
    assert many.broken() == {}
    report(
        test="poison",
        number=number,
        place=place,
        seconds=round(seconds, 1),
        slowest_chunk=round(told[0]["slowest"], 2),
    )


def test_many_records_at_once_cannot_be_done(many):
    """A fault that hits whole chunks: everything else is done all the same."""
    bad = many.units()[1 : 1001 if LONG else 201]
    told, codes = many.run(generation(faults=[{"name": "poison", "with": {"units": bad}}]))
    assert codes == [1], told
    assert many.ask("SELECT count(*) FROM kpb_purchase WHERE park_count = 1") == [(len(bad),)]
    assert many.broken() == {}
    report(
        test="poison",
        number=len(bad),
        place="second",
        seconds=round(told[0]["seconds"], 1),
        slowest_chunk=round(told[0]["slowest"], 2),
    )


JOBS = (
    ("kpb.generator", "_cron_generate"),
    ("kpb.lifecycle", "_cron_lifecycle"),
    ("kpb.escalation", "_cron_escalate"),
    ("kpb.reconciler", "_cron_reconcile"),
    ("kpb.heartbeat", "_cron_heartbeat"),
    ("kpb.helper", "_cron_help"),
    ("kpb.import", "_cron_import"),
    ("kpb.daily.summary", "_cron_send"),
)


def test_a_second_run_of_every_job_writes_nothing(few):
    for _round in range(2):
        for job in JOBS:
            assert few.run({"run": "method", "call": job})[1] == [0], job
    before = write_versions(few)
    assert len(before["kpb_followup"]) > 300
    for job in JOBS:
        assert few.run({"run": "method", "call": job})[1] == [0], job
        assert write_versions(few) == before, job


def test_an_update_of_the_addon_during_a_run(few):
    few.call_generation()
    slow = {"name": "slow", "with": {"seconds": 0.3}}
    few.start(generation(chunk=5, faults=[slow]), scheduler(chunk=5, faults=[slow], seconds=20))
    update = subprocess.run(
        few.odoo("--update", "daya_kpb_followup", "--stop-after-init", "--no-http"),
        env=few.odoo_environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    told, codes = few.finish()
    assert update.returncode == 0, update.stderr[-3000:]
    assert few.broken(is_complete=False) == {}
    assert few.run(generation())[1] == [0]
    assert few.broken() == {}
    errors = [line.get("error") for line in told.values()]
    report(test="update during a run", codes=codes, errors=errors)
