"""What holds for every schedule a branch may configure, not only for the default one.

Some hundreds of examples by default; ``KPB_LONG=1`` tries ten thousand of each.
"""

import os
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rules.schedule import (
    SOP,
    Kind,
    Milestone,
    Verdict,
    next_step,
    planned_date,
    progress,
    steps,
    useful_until,
    working_day_on_or_after,
)

thorough = settings(
    max_examples=10_000 if os.environ.get("KPB_LONG") == "1" else 300,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)

purchases = st.dates(date(2000, 1, 1), date(2040, 12, 31))
single_calls = st.builds(
    Milestone,
    code=st.text("abc", min_size=1, max_size=4),
    kind=st.sampled_from(Kind),
    kpb_number=st.integers(0, 4),
    offset_days=st.integers(0, 400),
    offset_months=st.integers(0, 40),
    useful_days=st.integers(0, 120),
)
repeated_calls = st.builds(
    Milestone,
    code=st.text("xyz", min_size=1, max_size=4),
    kind=st.just(Kind.REGULAR),
    offset_days=st.integers(0, 400),
    interval_months=st.integers(1, 12),
    end_months=st.integers(0, 40),
    useful_days=st.integers(0, 120),
)
schedules = st.just(SOP) | st.lists(
    single_calls | repeated_calls, max_size=6, unique_by=lambda milestone: milestone.code
).map(tuple)
coupons = st.dictionaries(st.integers(1, 4), st.integers(0, 600), max_size=4)
days_of_life = st.integers(0, 1_600)


@st.composite
def situations(draw):
    """Return a purchase as generation meets it: (purchase, schedule, go-live, coupon ends)."""
    purchase = draw(purchases)
    go_live = draw(st.none() | days_of_life.map(lambda days: purchase + timedelta(days=days)))
    ends = {number: purchase + timedelta(days=days) for number, days in draw(coupons).items()}
    return purchase, draw(schedules), go_live, ends


def run(pending, as_of, go_live, ends):
    """Return (due, what is still pending) of one run of generation."""
    found = progress(pending, as_of, go_live, ends)
    return found.due, pending[len(found.due) :]


def run_on(days, pending, go_live, ends):
    """Return what a series of runs decides, each going on where the one before stopped."""
    decided = []
    for as_of in days:
        due, pending = run(pending, as_of, go_live, ends)
        decided += [(as_of, step, result) for step, result in due]
    return decided, pending


def keys(due):
    """Return the keys of judged steps, in order."""
    return [step.key for step, _ in due]


@thorough
@given(purchase=purchases, milestone=repeated_calls)
def test_a_later_occurrence_is_planned_later(purchase, milestone):
    days = [planned_date(purchase, milestone, occurrence) for occurrence in range(1, 15)]
    assert all(earlier < later for earlier, later in pairwise(days))


@thorough
@given(earlier=purchases, later=purchases, schedule=schedules)
def test_who_bought_later_is_called_later(earlier, later, schedule):
    assume(earlier <= later)
    for milestone in schedule:
        assert planned_date(earlier, milestone) <= planned_date(later, milestone)


@thorough
@given(purchase=purchases, schedule=schedules)
def test_steps_are_in_order_and_their_keys_are_unique(purchase, schedule):
    found = steps(purchase, schedule)
    assert all(earlier.planned <= later.planned for earlier, later in pairwise(found))
    assert len({step.key for step in found}) == len(found)
    assert all(step.planned >= purchase for step in found)


@thorough
@given(situation=situations(), day=days_of_life)
def test_what_is_due_today_is_due_tomorrow(situation, day):
    purchase, schedule, go_live, ends = situation
    today = purchase + timedelta(days=day)
    pending = steps(purchase, schedule)
    now = progress(pending, today, go_live, ends)
    later = progress(pending, today + timedelta(days=1), go_live, ends)
    assert keys(later.due)[: len(now.due)] == keys(now.due)


@thorough
@given(situation=situations(), day=days_of_life)
def test_a_call_that_is_no_longer_useful_never_becomes_useful_again(situation, day):
    purchase, schedule, go_live, ends = situation
    today = purchase + timedelta(days=day)
    pending = steps(purchase, schedule)
    now = progress(pending, today, go_live, ends)
    later = progress(pending, today + timedelta(days=1), go_live, ends)
    for (_, before), (_, after) in zip(now.due, later.due, strict=False):
        assert after is before or before is Verdict.CALL


@thorough
@given(situation=situations(), day=days_of_life)
def test_one_run_after_thirty_days_sees_what_thirty_daily_runs_see(situation, day):
    purchase, schedule, go_live, ends = situation
    month = [purchase + timedelta(days=day + ahead) for ahead in range(30)]
    pending = steps(purchase, schedule)
    daily, pending_after_daily = run_on(month, pending, go_live, ends)
    once, pending_after_once = run_on(month[-1:], pending, go_live, ends)
    assert pending_after_daily == pending_after_once
    assert [step.key for _, step, _ in daily] == [step.key for _, step, _ in once]
    for (_, step, on_the_day), (_, _, in_the_end) in zip(daily, once, strict=True):
        end = useful_until(step, ends.get(step.milestone.kpb_number))
        if not step.planned <= end < month[-1]:
            assert on_the_day is in_the_end


@thorough
@given(situation=situations(), days=st.lists(days_of_life, max_size=12))
def test_nothing_is_lost_or_doubled_however_the_runs_are_spread(situation, days):
    purchase, schedule, go_live, ends = situation
    every_step = steps(purchase, schedule)
    runs = [purchase + timedelta(days=day) for day in sorted([*days, 4_000])]
    decided, pending = run_on(runs, every_step, go_live, ends)
    assert pending == ()
    assert [step for _, step, _ in decided] == list(every_step)
    for as_of, step, result in decided:
        end = useful_until(step, ends.get(step.milestone.kpb_number))
        before_go_live = go_live is not None and step.planned < go_live
        assert step.planned <= as_of
        assert (result is Verdict.CALL) == (as_of <= end)
        assert (result is Verdict.SKIPPED) == (as_of > end and before_go_live)
        assert (result is Verdict.EXPIRED) == (as_of > end and not before_go_live)


@thorough
@given(situation=situations(), day=days_of_life)
def test_a_second_run_on_the_same_day_finds_nothing(situation, day):
    purchase, schedule, go_live, ends = situation
    as_of = purchase + timedelta(days=day)
    _, pending = run(steps(purchase, schedule), as_of, go_live, ends)
    assert run(pending, as_of, go_live, ends) == ((), pending)


@thorough
@given(situation=situations(), day=days_of_life)
def test_the_pointer_is_the_next_step_after_today(situation, day):
    purchase, schedule, go_live, ends = situation
    as_of = purchase + timedelta(days=day)
    found = progress(steps(purchase, schedule), as_of, go_live, ends)
    assert found.following == next_step(purchase, schedule, as_of)


@thorough
@given(situation=situations())
def test_a_call_on_its_planned_day_is_always_useful(situation):
    purchase, schedule, _, ends = situation
    for step in steps(purchase, schedule):
        assert useful_until(step, ends.get(step.milestone.kpb_number)) >= step.planned


@thorough
@given(
    day=purchases,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    holidays=st.frozensets(st.integers(0, 60), max_size=40),
)
def test_the_deadline_is_the_nearest_working_day(day, weekdays, holidays):
    off = frozenset(day + timedelta(days=ahead) for ahead in holidays)
    deadline = working_day_on_or_after(day, weekdays, off)
    assert deadline >= day
    assert deadline.weekday() in weekdays
    assert deadline not in off
    for ahead in range((deadline - day).days):
        passed = day + timedelta(days=ahead)
        assert passed.weekday() not in weekdays or passed in off
