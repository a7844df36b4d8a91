"""Coupon windows: the longest engine prefix decides, for each coupon on its own."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from rules.coupon import (
    Window,
    adjustment,
    conflicts,
    grace_ends,
    km_reached_on,
    validities,
    windows_for,
)
from rules.schedule import SOP, Adjustment, Kind, Milestone

BOUGHT = date(2026, 1, 2)

DEFAULT = tuple(
    Window("", number, days, km)
    for number, days, km in ((1, 75, 1_100), (2, 135, 4_250), (3, 255, 8_250), (4, 375, 12_250))
)
SUPRA = tuple(
    Window("JB01", number, days, km)
    for number, days, km in ((1, 75, 600), (2, 135, 2_250), (3, 195, 4_250), (4, 315, 8_250))
)
CBR = tuple(
    Window("MC41", number, days, km)
    for number, days, km in ((1, 75, 1_100), (2, 195, 6_250), (3, 375, 12_250), (4, 555, 18_250))
)
TABLE = (*SUPRA, *DEFAULT, *CBR)


@pytest.mark.parametrize(
    ("nominal", "grace", "number"),
    [
        (date(2026, 3, 3), date(2026, 3, 18), 1),
        (date(2026, 5, 2), date(2026, 5, 17), 2),
        (date(2026, 8, 30), date(2026, 9, 14), 3),
        (date(2026, 12, 28), date(2027, 1, 12), 4),
    ],
)
def test_the_grace_is_inside_the_days_of_the_table(nominal, grace, number):
    window = DEFAULT[number - 1]
    assert window.nominal_end(BOUGHT) == nominal
    assert window.grace_end(BOUGHT) == grace


def test_a_window_without_grace_ends_once():
    window = Window("", 1, 75, 1_100, grace_days=0)
    assert window.nominal_end(BOUGHT) == window.grace_end(BOUGHT) == date(2026, 3, 18)


@pytest.mark.parametrize(
    ("expected", "engine"),
    [
        (SUPRA, "JB01E1234567"),
        (SUPRA, "  jb01e1234567 "),
        (SUPRA, "JB01"),
        (CBR, "MC41E1000001"),
        (DEFAULT, "JFB1E1234567"),
        (DEFAULT, "JB0"),
        (DEFAULT, "XJB01E12345"),
        (DEFAULT, ""),
        (DEFAULT, None),
        (DEFAULT, False),
    ],
)
@pytest.mark.parametrize("table", [TABLE, TABLE[::-1]], ids=["as written", "reversed"])
def test_the_longest_prefix_wins_whatever_the_order_of_the_rows(expected, engine, table):
    assert windows_for(engine, table) == {window.kpb_number: window for window in expected}


def test_each_coupon_looks_for_its_own_longest_prefix():
    only_third = Window("JB01E9", 3, 200, 5_000)
    found = windows_for("JB01E9000001", (*TABLE, only_third))
    assert found == {1: SUPRA[0], 2: SUPRA[1], 3: only_third, 4: SUPRA[3]}


def test_an_engine_outside_the_table_has_no_coupons():
    assert windows_for("JFB1E1234567", SUPRA) == {}
    assert grace_ends(BOUGHT, "JFB1E1234567", SUPRA) == {}


@pytest.mark.parametrize(
    ("expected", "engine"),
    [
        ((75, 135, 255, 375), "KF12E1234567"),
        ((75, 135, 195, 315), "JB01E1234567"),
        ((75, 195, 375, 555), "MC41E1234567"),
    ],
)
def test_the_last_day_of_each_coupon(expected, engine):
    ends = grace_ends(BOUGHT, engine, iter(TABLE))
    assert {number: (day - BOUGHT).days for number, day in ends.items()} == dict(
        enumerate(expected, start=1)
    )


#: The six rows of the coupon table as the addon ships them: engine → days, kilometres.
PATTERNS = {
    "JFB1": ((75, 135, 255, 375), (1_100, 4_250, 8_250, 12_250)),
    "JB01": ((75, 135, 195, 315), (600, 2_250, 4_250, 8_250)),
    "JFP1": ((75, 135, 225, 375), (1_100, 4_250, 8_250, 12_250)),
    "JFL1": ((75, 135, 195, 315), (1_100, 4_250, 8_250, 12_250)),
    "MC41": ((75, 195, 375, 555), (1_100, 6_250, 12_250, 18_250)),
    "KC71": ((75, 135, 255, 375), (1_250, 4_250, 8_250, 12_250)),
}
EACH_COUPON = [(engine, number) for engine in PATTERNS for number in (1, 2, 3, 4)]
SHIPPED = Path(__file__).parents[2] / "daya_kpb_followup/data/kpb.coupon.window.csv"


def shipped_table():
    """Return the addon's own coupon table."""
    with SHIPPED.open() as file:
        return tuple(
            Window(
                row["engine_prefix"],
                int(row["kpb_number"]),
                int(row["max_days"]),
                int(row["max_km"]),
                int(row["grace_days"]),
            )
            for row in csv.DictReader(file)
        )


def windows_of(engine):
    """Return the shipped windows of an engine."""
    return windows_for(f"{engine}E1234567", shipped_table())


def day(number):
    """Return the day so many days after the purchase."""
    return BOUGHT + timedelta(days=number)


@pytest.mark.parametrize("engine", PATTERNS)
def test_the_shipped_table_holds_the_six_patterns(engine):
    found = windows_of(engine)
    days, kilometres = PATTERNS[engine]
    assert tuple(found[number].max_days for number in (1, 2, 3, 4)) == days
    assert tuple(found[number].max_km for number in (1, 2, 3, 4)) == kilometres
    assert {window.grace_days for window in found.values()} == {15}


@pytest.mark.parametrize(("engine", "number"), EACH_COUPON)
def test_a_call_on_the_day_before_on_and_after_each_end(engine, number):
    validity = validities(BOUGHT, windows_of(engine))[number]
    last = PATTERNS[engine][0][number - 1]
    assert validity.nominal_end == day(last - 15)
    assert validity.end == validity.grace_end == day(last)
    assert [validity.ends_before(day(last + away)) for away in (-1, 0, 1)] == [False, False, True]


@pytest.mark.parametrize(("engine", "number"), EACH_COUPON)
@pytest.mark.parametrize("away", [-1, 0, 1])
def test_days_or_kilometres_whichever_comes_first(engine, number, away):
    last, km = (figures[number - 1] for figures in PATTERNS[engine])
    readings = [(day(0), 0), (day(last + away), km)]
    validity = validities(BOUGHT, windows_of(engine), readings)[number]
    assert validity.km_end == day(last + away)
    assert validity.end == day(last + min(away, 0))
    assert not validity.ends_before(day(last)), "kilometres are an estimate: days decide calls"


@pytest.mark.parametrize(
    ("expected", "engine"),
    [
        ({}, "JFB1"),
        ({3: (210, 195), 4: (330, 315)}, "JB01"),
        ({}, "JFP1"),
        ({3: (210, 195), 4: (330, 315)}, "JFL1"),
        ({}, "MC41"),
        ({}, "KC71"),
    ],
)
def test_the_guard_finds_the_calls_that_come_too_late(expected, engine):
    found = conflicts(BOUGHT, SOP, windows_of(engine))
    assert found == {number: (day(call), day(end)) for number, (call, end) in expected.items()}


@pytest.mark.parametrize(("away", "late"), [(-1, False), (0, False), (1, True)])
def test_the_guard_at_the_day_before_on_and_after_the_end(away, late):
    lines = (Milestone("kpb3", Kind.KPB, 3, offset_days=195 + away),)
    assert bool(conflicts(BOUGHT, lines, windows_of("JB01"))) == late


def test_the_guard_leaves_other_calls_and_other_numbers_alone():
    lines = (Milestone("regular", Kind.REGULAR, offset_days=999), Milestone("x", Kind.KPB, 4))
    assert conflicts(BOUGHT, lines, {3: Window("", 3, 195, 1)}) == {}


def test_calls_before_the_coupon_ends_are_an_option():
    assert adjustment(BOUGHT, SOP, windows_of("JB01")) == Adjustment()
    moved = adjustment(BOUGHT, SOP, windows_of("JB01"), call_before_end=True)
    assert moved == Adjustment(early=((3, day(180 - 30)), (4, day(300 - 30))))
    assert adjustment(BOUGHT, SOP, windows_of("MC41"), call_before_end=True) == Adjustment()


def test_last_reminders_come_so_many_days_before_the_nominal_end():
    found = adjustment(BOUGHT, SOP, windows_of("JFB1"), last_touch_days={1: 7, 4: 10, 2: 0, 9: 7})
    assert found == Adjustment(last_touch=((1, day(60 - 7)), (4, day(360 - 10))))


def reading(number, km):
    """Return an odometer reading so many days after the purchase."""
    return day(number), km


@pytest.mark.parametrize(
    ("expected", "km", "readings"),
    [
        (None, 1_100, []),
        (None, 1_100, [reading(20, 500)]),
        (20, 1_100, [reading(20, 1_100)]),
        (20, 1_100, [reading(20, 5_000)]),
        (40, 1_000, [reading(10, 250), reading(20, 500)]),
        (40, 1_000, [reading(20, 500), reading(10, 250)]),
        (15, 1_000, [reading(10, 500), reading(20, 1_500)]),
        (20, 4_000, [reading(10, 1_000), reading(20, 4_000), reading(30, 4_100)]),
        (30, 4_250, [reading(30, 5_000), reading(400, 5_001)]),
        (None, 9_000, [reading(10, 4_000), reading(20, 300)]),
        (20, 900, [reading(10, 400), reading(20, 1_000), reading(20, 300)]),
        (None, 1_000, [reading(10, 400), reading(10, 500)]),
        (None, 1_000, [reading(10, 500), reading(20, 500)]),
        (None, 18_250, [reading(10, 100), reading(400, 101)]),
    ],
    ids=[
        "nothing known",
        "one below tells no pace",
        "one that just reached",
        "one far beyond",
        "pace goes on",
        "in any order",
        "between two",
        "first of several beyond",
        "slow later pace reaches not back before the purchase",
        "falling",
        "two on one day",
        "same day twice",
        "standing still",
        "crawling: no day in the year 20,000",
    ],
)
def test_the_day_on_which_the_kilometres_are_used_up(expected, km, readings):
    assert km_reached_on(readings, km) == (None if expected is None else day(expected))
