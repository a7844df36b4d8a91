"""Every purchase date from 2000 to 2040 against a second implementation of the procedure.

The oracle below shares nothing with the rules: it counts in ordinals and month numbers.
"""

import os
from bisect import bisect_left, bisect_right
from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise

import pytest

from rules.coupon import Window, grace_ends
from rules.schedule import (
    SOP,
    Kind,
    Milestone,
    Verdict,
    next_step,
    planned_date,
    steps,
    useful_until,
    verdict,
    working_day_on_or_after,
)

YEARS = range(2000, 2041)
DAY = timedelta(days=1)


@pytest.fixture(scope="module", params=YEARS)
def year(request):
    """Run every test that asks for it once per year, all tests of one year together."""
    return request.param


def purchase_dates(year):
    """Return every day of a year."""
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    return [date.fromordinal(ordinal) for ordinal in range(first, last + 1)]


def oracle_add_months(day, months):
    """Return the same day of a later month, or that month's last day."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def oracle_calls(purchase):
    """Return (code, occurrence, day) of the fourteen calls, written out one by one."""

    def after(days):
        return date.fromordinal(purchase.toordinal() + days)

    return [
        ("stnk", 1, after(15)),
        ("kpb1", 1, after(30)),
        ("kpb2", 1, after(90)),
        ("kpb3", 1, after(210)),
        ("kpb4", 1, after(330)),
        ("regular", 1, oracle_add_months(after(330), 3)),
        ("regular", 2, oracle_add_months(after(330), 6)),
        ("regular", 3, oracle_add_months(after(330), 9)),
        ("regular", 4, oracle_add_months(after(330), 12)),
        ("regular", 5, oracle_add_months(after(330), 15)),
        ("regular", 6, oracle_add_months(after(330), 18)),
        ("regular", 7, oracle_add_months(after(330), 21)),
        ("regular", 8, oracle_add_months(after(330), 24)),
        ("renewal", 1, oracle_add_months(purchase, 36)),
    ]


def test_the_sweep_covers_every_day():
    assert sum(len(purchase_dates(year)) for year in YEARS) == 14_976


def test_fourteen_steps_on_their_days_in_their_order(year):
    for purchase in purchase_dates(year):
        found = [(*step.key, step.planned) for step in steps(purchase, SOP)]
        assert found == oracle_calls(purchase), purchase
        days = [day for _, _, day in found]
        assert len(found) == 14
        assert all(earlier < later for earlier, later in pairwise(days)), purchase


#: Between the days of a year that the sixty months are counted from; one: every day.
STRIDE = 1 if os.environ.get("KPB_LONG") == "1" else 5
MONTHLY = Milestone("monthly", Kind.REGULAR, interval_months=1, end_months=61)


def test_sixty_months_from_every_day_keep_to_its_day(year):
    """The same day of each month, or its last one: 898,560 pairs in the long run."""
    for purchase in purchase_dates(year)[::STRIDE]:
        for months in range(1, 61):
            day = planned_date(purchase, MONTHLY, months)
            assert day == oracle_add_months(purchase, months), (purchase, months)
            assert day.day == min(purchase.day, monthrange(day.year, day.month)[1])


def test_next_step_around_every_planned_day(year):
    for purchase in purchase_dates(year):
        calls = oracle_calls(purchase)
        days = [day for _, _, day in calls]
        nearby = DAY * (purchase.toordinal() % 3 - 1)
        for after in (purchase, *days, *(day + nearby for day in days)):
            position = bisect_right(days, after)
            expected = calls[position][:2] if position < len(calls) else None
            found = next_step(purchase, SOP, after)
            assert (found.key if found else None) == expected, (purchase, after)


#: (engine number, last days of KPB 1-4 with grace, last useful day of the four SOP calls).
#: Where the coupon ends before the call (195 < 210, 315 < 330) the general sixty days apply.
COUPONS = [
    ("JFB1E1234567", (75, 135, 255, 375), (75, 135, 255, 375)),
    ("JBA1E1234567", (75, 135, 195, 315), (75, 135, 270, 390)),
    ("JFP1E1234567", (75, 135, 225, 375), (75, 135, 225, 375)),
    ("JFL1E1234567", (75, 135, 195, 315), (75, 135, 270, 390)),
    ("MC41E1234567", (75, 195, 375, 555), (75, 195, 375, 555)),
]
COUPON_TABLE = [
    Window("" if engine.startswith("JFB1") else engine[:4], number, days, 1_000 * number)
    for engine, ends, _ in COUPONS
    for number, days in enumerate(ends, start=1)
]


def test_the_useful_window_of_every_step(year):
    for purchase in purchase_dates(year):
        engine, ends, useful = COUPONS[purchase.toordinal() % len(COUPONS)]
        coupon_ends = grace_ends(purchase, engine, COUPON_TABLE)
        assert coupon_ends == {
            number: date.fromordinal(purchase.toordinal() + days)
            for number, days in enumerate(ends, start=1)
        }
        for step in steps(purchase, SOP):
            number = step.milestone.kpb_number
            if number:
                last = date.fromordinal(purchase.toordinal() + useful[number - 1])
            else:
                last = date.fromordinal(step.planned.toordinal() + 60)
            coupon_end = coupon_ends.get(number)
            assert useful_until(step, coupon_end) == last, (purchase, engine, step.key)
            assert verdict(step, last, None, coupon_end) is Verdict.CALL
            assert verdict(step, last + DAY, None, coupon_end) is Verdict.EXPIRED
            assert verdict(step, last + DAY, step.planned + DAY, coupon_end) is Verdict.SKIPPED


def holidays_of(year):
    """Return fixed holidays and a feast of ten days that wanders eleven days a year."""
    feast = date(year, 12, 20).toordinal() - (year - 1999) * 11 % 340
    fixed = {date(year, month, day) for month, day in ((1, 1), (5, 1), (6, 1), (8, 17), (12, 25))}
    return fixed | {date.fromordinal(feast + ahead) for ahead in range(10)}


HOLIDAYS = frozenset(day for year in range(2000, 2046) for day in holidays_of(year))


@pytest.mark.parametrize(
    ("weekdays", "closed_ordinals"),
    [
        # Ordinal 1 was a Monday, so the remainder by 7 is 6 on Saturdays and 0 on Sundays.
        (frozenset(range(5)), {6, 0}),
        (frozenset(range(6)), {0}),
    ],
    ids=["monday-friday", "monday-saturday"],
)
def test_the_deadline_of_every_step(weekdays, closed_ordinals):
    first, last = date(2000, 1, 1).toordinal(), date(2044, 12, 31).toordinal()
    off = {day.toordinal() for day in HOLIDAYS}
    open_days = [
        day for day in range(first, last) if day % 7 not in closed_ordinals and day not in off
    ]
    for year in YEARS:
        for purchase in purchase_dates(year):
            for _, _, planned in oracle_calls(purchase):
                expected = open_days[bisect_left(open_days, planned.toordinal())]
                found = working_day_on_or_after(planned, weekdays, HOLIDAYS)
                assert found.toordinal() == expected, (purchase, planned)
