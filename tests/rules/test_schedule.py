"""The schedule by example: what each clause of the procedure means on the calendar."""

from datetime import date

import pytest

from rules.schedule import (
    DEFAULT_USEFUL_DAYS,
    SOP,
    Kind,
    Milestone,
    Verdict,
    next_step,
    planned_date,
    progress,
    steps,
    useful_until,
    verdict,
    working_day_on_or_after,
)

BY_CODE = {milestone.code: milestone for milestone in SOP}
BOUGHT = date(2026, 1, 2)

MONDAY_TO_SATURDAY = frozenset(range(6))
MONDAY_TO_FRIDAY = frozenset(range(5))


def step(code, occurrence=1, purchase=BOUGHT):
    """Return one step of a purchase by its key."""
    return next(found for found in steps(purchase, SOP) if found.key == (code, occurrence))


@pytest.mark.parametrize(
    ("expected", "code", "occurrence"),
    [
        (date(2026, 1, 17), "stnk", 1),
        (date(2026, 2, 1), "kpb1", 1),
        (date(2026, 4, 2), "kpb2", 1),
        (date(2026, 7, 31), "kpb3", 1),
        (date(2026, 11, 28), "kpb4", 1),
        (date(2027, 2, 28), "regular", 1),
        (date(2027, 5, 28), "regular", 2),
        (date(2027, 8, 28), "regular", 3),
        (date(2027, 11, 28), "regular", 4),
        (date(2028, 2, 28), "regular", 5),
        (date(2028, 5, 28), "regular", 6),
        (date(2028, 8, 28), "regular", 7),
        (date(2028, 11, 28), "regular", 8),
        (date(2029, 1, 2), "renewal", 1),
    ],
)
def test_the_fourteen_days_of_one_purchase(expected, code, occurrence):
    assert step(code, occurrence).planned == expected
    assert planned_date(BOUGHT, BY_CODE[code], occurrence) == expected


def test_a_purchase_has_fourteen_steps_in_the_order_of_their_days():
    assert [found.key for found in steps(BOUGHT, SOP)] == [
        ("stnk", 1),
        ("kpb1", 1),
        ("kpb2", 1),
        ("kpb3", 1),
        ("kpb4", 1),
        *(("regular", occurrence) for occurrence in range(1, 9)),
        ("renewal", 1),
    ]


@pytest.mark.parametrize(
    ("expected", "purchase", "code", "occurrence"),
    [
        # A month that lacks the day takes its last one.
        (date(2024, 2, 29), date(2023, 1, 4), "regular", 1),
        (date(2028, 2, 29), date(2026, 1, 4), "regular", 5),
        (date(2027, 2, 28), date(2026, 1, 4), "regular", 1),
        # … and the month after it has its own day back: nothing drifts.
        (date(2027, 5, 30), date(2026, 1, 4), "regular", 2),
        (date(2027, 6, 30), date(2026, 2, 4), "regular", 2),
        (date(2027, 12, 31), date(2026, 2, 4), "regular", 4),
        # Three years after 29 February there is none.
        (date(2027, 2, 28), date(2024, 2, 29), "renewal", 1),
        (date(2031, 2, 28), date(2028, 2, 29), "renewal", 1),
        (date(2027, 2, 28), date(2024, 2, 28), "renewal", 1),
        (date(2029, 1, 31), date(2026, 1, 31), "renewal", 1),
        # Days are calendar days across the leap day, too.
        (date(2024, 3, 15), date(2024, 2, 29), "stnk", 1),
        (date(2024, 3, 1), date(2024, 1, 31), "kpb1", 1),
        (date(2023, 3, 2), date(2023, 1, 31), "kpb1", 1),
        (date(2027, 1, 15), date(2026, 12, 31), "stnk", 1),
    ],
)
def test_month_ends_and_leap_days(expected, purchase, code, occurrence):
    assert planned_date(purchase, BY_CODE[code], occurrence) == expected


@pytest.mark.parametrize(("code", "occurrence"), [("kpb1", 0), ("kpb1", 2), ("regular", -1)])
def test_an_occurrence_that_does_not_exist_is_refused(code, occurrence):
    with pytest.raises(ValueError, match=f"{code} has no occurrence {occurrence}"):
        planned_date(BOUGHT, BY_CODE[code], occurrence)


@pytest.mark.parametrize(
    ("expected", "after"),
    [
        (("stnk", 1), date(1999, 1, 1)),
        (("stnk", 1), BOUGHT),
        (("stnk", 1), date(2026, 1, 16)),
        (("kpb1", 1), date(2026, 1, 17)),
        (("kpb2", 1), date(2026, 2, 1)),
        (("regular", 1), date(2026, 11, 28)),
        (("regular", 8), date(2028, 8, 28)),
        (("renewal", 1), date(2028, 11, 28)),
        (("renewal", 1), date(2029, 1, 1)),
    ],
)
def test_next_step_is_the_first_one_later_than_the_day(expected, after):
    assert next_step(BOUGHT, SOP, after).key == expected


@pytest.mark.parametrize("after", [date(2029, 1, 2), date(2040, 1, 1)])
def test_there_is_no_step_after_the_offer(after):
    assert next_step(BOUGHT, SOP, after) is None


def test_no_milestones_no_steps():
    assert steps(BOUGHT, ()) == ()
    assert next_step(BOUGHT, (), BOUGHT) is None


def test_a_repeated_call_that_ends_before_it_begins_never_comes():
    never = Milestone("never", Kind.REGULAR, offset_days=330, interval_months=3, end_months=12)
    assert steps(BOUGHT, (never,)) == ()


def test_the_day_of_the_end_belongs_to_the_offer_and_not_to_the_services():
    quarterly = Milestone("quarterly", Kind.REGULAR, interval_months=3, end_months=12)
    assert [found.planned for found in steps(BOUGHT, (quarterly,))] == [
        date(2026, 4, 2),
        date(2026, 7, 2),
        date(2026, 10, 2),
    ]


@pytest.mark.parametrize(
    ("expected", "code", "coupon_end"),
    [
        # H+210 is 31 July 2026; the coupon, grace included, ends at 255, 195 or 210 days.
        (date(2026, 9, 14), "kpb3", date(2026, 9, 14)),
        (date(2026, 9, 29), "kpb3", date(2026, 7, 16)),
        (date(2026, 7, 31), "kpb3", date(2026, 7, 31)),
        (date(2026, 9, 29), "kpb3", date(2026, 7, 30)),
        (date(2026, 9, 29), "kpb3", None),
        (date(2026, 3, 18), "stnk", None),
        (date(2029, 3, 3), "renewal", None),
    ],
)
def test_until_when_a_call_is_useful(expected, code, coupon_end):
    assert useful_until(step(code), coupon_end) == expected


def test_sixty_days_is_the_window_of_every_call_without_a_coupon():
    assert DEFAULT_USEFUL_DAYS == 60
    assert {milestone.useful_days for milestone in SOP} == {60}


@pytest.mark.parametrize(
    ("expected", "as_of", "go_live"),
    [
        # STNK planned on 17 January 2026, useful until 18 March.
        (Verdict.CALL, date(2026, 1, 17), None),
        (Verdict.CALL, date(2026, 3, 18), None),
        (Verdict.EXPIRED, date(2026, 3, 19), None),
        (Verdict.CALL, date(2026, 3, 18), date(2026, 3, 1)),
        (Verdict.SKIPPED, date(2026, 3, 19), date(2026, 1, 18)),
        (Verdict.EXPIRED, date(2026, 3, 19), date(2026, 1, 17)),
        (Verdict.EXPIRED, date(2026, 3, 19), date(2026, 1, 16)),
        (Verdict.SKIPPED, date(2026, 3, 19), date(2030, 1, 1)),
    ],
)
def test_the_verdict_on_a_late_step(expected, as_of, go_live):
    assert verdict(step("stnk"), as_of, go_live, None) == expected


def test_progress_judges_what_is_due_and_names_what_follows():
    found = progress(
        steps(BOUGHT, SOP),
        as_of=date(2026, 7, 31),
        go_live=date(2026, 3, 1),
        coupon_ends={2: date(2026, 5, 17), 3: date(2026, 9, 14)},
    )
    assert [(due.key, result) for due, result in found.due] == [
        (("stnk", 1), Verdict.SKIPPED),
        (("kpb1", 1), Verdict.SKIPPED),
        (("kpb2", 1), Verdict.EXPIRED),
        (("kpb3", 1), Verdict.CALL),
    ]
    assert found.following.key == ("kpb4", 1)


@pytest.mark.parametrize(
    ("expected", "day_of_life"),
    [
        ((), 14),
        ((("stnk", 1),), 15),
        ((("stnk", 1),), 29),
        ((("stnk", 1), ("kpb1", 1)), 30),
        ((("stnk", 1), ("kpb1", 1)), 89),
        ((("stnk", 1), ("kpb1", 1), ("kpb2", 1)), 90),
        ((("stnk", 1), ("kpb1", 1), ("kpb2", 1)), 209),
        ((("stnk", 1), ("kpb1", 1), ("kpb2", 1), ("kpb3", 1)), 210),
        ((("stnk", 1), ("kpb1", 1), ("kpb2", 1), ("kpb3", 1)), 329),
        ((("stnk", 1), ("kpb1", 1), ("kpb2", 1), ("kpb3", 1), ("kpb4", 1)), 330),
    ],
)
def test_what_is_due_on_the_days_of_the_procedure(expected, day_of_life):
    as_of = date.fromordinal(BOUGHT.toordinal() + day_of_life)
    assert tuple(due.key for due, _ in progress(steps(BOUGHT, SOP), as_of).due) == expected


def test_progress_without_pending_steps_is_the_end():
    found = progress((), date(2026, 1, 1))
    assert (found.due, found.following) == ((), None)


LEBARAN = frozenset(date(2026, 3, day) for day in range(18, 25))


@pytest.mark.parametrize(
    ("expected", "day", "weekdays", "holidays"),
    [
        (date(2026, 1, 2), date(2026, 1, 2), MONDAY_TO_FRIDAY, frozenset()),
        (date(2026, 1, 5), date(2026, 1, 3), MONDAY_TO_FRIDAY, frozenset()),
        (date(2026, 1, 3), date(2026, 1, 3), MONDAY_TO_SATURDAY, frozenset()),
        (date(2026, 1, 5), date(2026, 1, 4), MONDAY_TO_SATURDAY, frozenset()),
        (date(2026, 1, 2), date(2026, 1, 1), MONDAY_TO_FRIDAY, {date(2026, 1, 1)}),
        (date(2026, 3, 25), date(2026, 3, 18), MONDAY_TO_FRIDAY, LEBARAN),
        (date(2026, 3, 17), date(2026, 3, 17), MONDAY_TO_FRIDAY, LEBARAN),
        (
            date(2027, 1, 4),
            date(2026, 12, 31),
            MONDAY_TO_FRIDAY,
            {date(2026, 12, 31), date(2027, 1, 1)},
        ),
        (date(2028, 2, 29), date(2028, 2, 27), frozenset({1}), frozenset()),
    ],
)
def test_the_deadline_is_a_working_day(expected, day, weekdays, holidays):
    assert working_day_on_or_after(day, weekdays, frozenset(holidays)) == expected


def test_a_calendar_without_working_days_leaves_the_planned_day():
    assert working_day_on_or_after(BOUGHT, frozenset()) == BOUGHT
