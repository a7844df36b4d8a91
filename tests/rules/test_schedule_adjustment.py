"""How options move single calls: before a coupon's end, once more, from the last service on."""

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta

from rules.schedule import SOP, Adjustment, answers, nearest, restart_after, steps

BOUGHT = date(2026, 1, 2)
REGULAR = next(line for line in SOP if line.code == "regular")


def day(number):
    """Return the day so many days after the purchase."""
    return BOUGHT + timedelta(days=number)


def planned(**adjustment):
    """Return key → step under an adjustment."""
    return {step.key: step for step in steps(BOUGHT, SOP, Adjustment(**adjustment))}


def test_an_early_call_keeps_both_dates():
    found = planned(early=((3, day(150)), (4, day(270))))
    assert (found["kpb3", 1].planned, found["kpb3", 1].moved_from) == (day(150), day(210))
    assert (found["kpb4", 1].planned, found["kpb4", 1].moved_from) == (day(270), day(330))
    assert found["kpb2", 1].moved_from is None
    assert len(found) == 14


def test_a_call_is_never_made_later_than_the_procedure_says():
    assert planned(early=((3, day(300)),))["kpb3", 1] == planned()["kpb3", 1]


@pytest.mark.parametrize(("reminded", "number"), [(True, 211), (False, 210), (False, 209)])
def test_a_last_reminder_lies_after_the_call(reminded, number):
    assert (("kpb3", 2) in planned(last_touch=((3, day(number)),))) == reminded


def test_a_last_reminder_after_a_call_that_was_moved():
    found = planned(early=((3, day(150)),), last_touch=((3, day(173)),))
    assert found["kpb3", 2].planned == day(173)
    assert len(found) == 15


def test_regular_services_count_from_the_last_service():
    served = day(400)
    found = planned(restart=(served, 2))
    plain = planned()
    assert [found["regular", number] for number in (1, 2)] == [
        plain["regular", number] for number in (1, 2)
    ]
    moved = found["regular", 3]
    assert moved.planned == served + relativedelta(months=3)
    assert moved.moved_from == plain["regular", 3].planned
    assert found["regular", 4].planned == served + relativedelta(months=6)


@pytest.mark.parametrize("served", [330, 380, 500, 700, 1000, 1090, 1200])
@pytest.mark.parametrize("told_later", [0, 1])
def test_never_more_than_eight_and_never_after_the_offer(served, told_later):
    behind = [
        key
        for key, step in planned().items()
        if key[0] == "regular" and step.planned <= day(served)
    ]
    found = planned(restart=(day(served), len(behind) + told_later))
    regular = [step for key, step in found.items() if key[0] == "regular"]
    assert len(regular) <= 8
    assert [step.occurrence for step in regular] == list(range(1, len(regular) + 1))
    assert all(step.planned < found["renewal", 1].planned for step in regular)


@pytest.mark.parametrize(
    ("expected", "services", "records"),
    [
        (None, [], []),
        (None, [(30, 1), (90, 2), (210, 3)], []),
        ((340, 0), [(340, 4)], []),
        ((300, 0), [(300, 4)], []),
        (None, [(50, 0), (329, 0)], []),
        ((330, 0), [(50, 0), (330, 0)], []),
        ((310, 0), [(300, 4), (310, 0)], []),
        ((430, 1), [(340, 4), (430, 0)], [(1, 421, True)]),
        ((340, 0), [(340, 4)], [(1, 430, False)]),
        ((340, 0), [(340, 4)], [(1, 430, False), (2, 521, False)]),
        ((600, 2), [(340, 4), (600, 0)], [(1, 430, False), (2, 521, False)]),
        ((425, 1), [(340, 4), (425, 0)], [(1, 430, True)]),
    ],
    ids=[
        "never served",
        "only early coupons",
        "KPB 4 begins",
        "KPB 4 begins though early",
        "an oil change long before is no beginning",
        "from the day the procedure counts from",
        "after an early KPB 4",
        "the first was answered",
        "a call without a service does not count",
        "nor do two",
        "calls that lie behind a service do",
        "a service on record before the call's day, told later",
    ],
)
def test_from_which_service_the_regular_ones_count(expected, services, records):
    found = restart_after(
        BOUGHT,
        REGULAR,
        [(day(when), number) for when, number in services],
        [(number, day(when), answered) for number, when, answered in records],
    )
    assert found == (expected and (day(expected[0]), expected[1]))


def test_customers_who_never_come_again_are_called_eight_times_three_months_apart():
    """Each call gets its record; the plan made anew after it must not fall back."""
    records, days = [], []
    services = [(day(340), 4)]
    while True:
        restart = restart_after(BOUGHT, REGULAR, services, records)
        known = {number for number, _planned, _answered in records}
        following = next(
            (
                step
                for step in steps(BOUGHT, SOP, Adjustment(restart=restart))
                if step.milestone == REGULAR and step.occurrence not in known
            ),
            None,
        )
        if following is None:
            break
        records.append((following.occurrence, following.planned, False))
        days.append(following.planned)
    assert days == [day(340) + relativedelta(months=3 * number) for number in range(1, 9)]


@pytest.mark.parametrize(("answered", "early"), [(True, 0), (True, 45), (False, 46), (True, -30)])
def test_a_regular_service_answers_the_step_nearest_to_it(answered, early):
    step = planned()["regular", 2]
    assert answers(step, step.planned - timedelta(days=early)) == answered


def test_the_nearest_pairs_of_step_and_service_are_taken_first_and_each_once():
    first, second = planned()["regular", 1], planned()["regular", 2]
    found = nearest(
        [first, second],
        [
            first.planned - timedelta(days=30),
            first.planned + timedelta(days=5),
            second.planned + timedelta(days=60),
            second.planned + timedelta(days=61),
        ],
    )
    assert found == {first.key: 1, second.key: 2}
    assert nearest([second], [second.planned + timedelta(days=61)]) == {}
