"""At risk, LOST, back: evidence and the end of the period, for every coupon pattern (S3)."""

from datetime import date, timedelta

import pytest

from rules.lost import Service, Standing, Why, judge
from rules.outcomes import Place

BOUGHT = date(2026, 1, 2)
#: Engine → last day of its last coupon, grace included.
LAST_DAY = {"JFB1": 375, "JB01": 315, "JFP1": 375, "JFL1": 315, "MC41": 555, "KC71": 375}
BEFORE_ON_AFTER = (-1, 0, 1)


def day(number):
    """Return the day so many days after the purchase."""
    return BOUGHT + timedelta(days=number)


def services(*told):
    """Return services from (day, place) pairs, with their place in the list as key."""
    return [Service(day(number), Place(place), key) for key, (number, place) in enumerate(told)]


def standing(told, as_of, last=375, **policy):
    """Return the verdict on a story."""
    return judge(services(*told), day(last), day(as_of), **policy)


@pytest.mark.parametrize("last", LAST_DAY.values(), ids=LAST_DAY)
@pytest.mark.parametrize("away", BEFORE_ON_AFTER)
@pytest.mark.parametrize(
    ("until", "after", "told"),
    [
        (Standing.ACTIVE, Standing.ACTIVE, []),
        (Standing.ACTIVE, Standing.ACTIVE, [(30, "own")]),
        (Standing.AT_RISK, Standing.LOST, [(30, "elsewhere")]),
        (Standing.AT_RISK, Standing.LOST, [(30, "own"), (90, "elsewhere")]),
        (Standing.ACTIVE, Standing.ACTIVE, [(30, "elsewhere"), (90, "own")]),
        (Standing.ACTIVE, Standing.ACTIVE, [(30, "elsewhere"), (90, "sister")]),
        (Standing.ACTIVE, Standing.ACTIVE, [(90, "sister"), (30, "elsewhere")]),
        (Standing.ACTIVE, Standing.ACTIVE, [(90, "elsewhere"), (90, "own")]),
        (Standing.ACTIVE, Standing.ACTIVE, [(90, "own"), (90, "elsewhere")]),
        (Standing.AT_RISK, Standing.LOST, [(90, "own"), (91, "elsewhere")]),
    ],
)
def test_every_pattern_at_the_day_before_on_and_after_its_end(until, after, told, away, last):
    verdict = standing(told, last + away, last)
    assert verdict.standing == (after if away > 0 else until)


@pytest.mark.parametrize("last", LAST_DAY.values(), ids=LAST_DAY)
def test_at_risk_since_the_first_service_outside_lost_since_the_day_after_the_end(last):
    told = [(10, "own"), (30, "elsewhere"), (60, "elsewhere")]
    at_risk, lost = standing(told, last, last), standing(told, last + 100, last)
    assert (at_risk.why, at_risk.since) == (Why.ELSEWHERE, day(30))
    assert (lost.why, lost.since) == (Why.ELSEWHERE, day(last + 1))
    assert [service.key for service in lost.evidence] == [1, 2]


def test_a_service_outside_after_the_end_loses_the_customer_on_that_day():
    told = [(360, "own"), (500, "elsewhere")]
    assert standing(told, 499).standing == Standing.ACTIVE
    verdict = standing(told, 500)
    assert (verdict.standing, verdict.since) == (Standing.LOST, day(500))


@pytest.mark.parametrize("place", ["own", "sister"])
@pytest.mark.parametrize("back_on", [370, 375, 376, 900])
def test_a_later_service_in_the_group_brings_him_back_whenever(place, back_on):
    told = [(100, "elsewhere"), (back_on, place)]
    assert standing(told, back_on).standing == Standing.ACTIVE
    assert standing(told, back_on + 400).evidence == ()
    assert standing([*told, (back_on + 1, "elsewhere")], 2000).standing == Standing.LOST


def test_what_has_not_happened_yet_does_not_count():
    assert standing([(100, "elsewhere")], 99).standing == Standing.ACTIVE
    assert standing([(100, "elsewhere"), (380, "own")], 379).standing == Standing.LOST


@pytest.mark.parametrize("last", LAST_DAY.values(), ids=LAST_DAY)
@pytest.mark.parametrize("away", BEFORE_ON_AFTER)
@pytest.mark.parametrize(
    ("lost", "told"),
    [
        (True, []),
        (False, [(30, "own")]),
        (False, [(30, "sister")]),
        (False, [(400, "own")]),
    ],
)
def test_never_came_is_lost_only_by_policy(lost, told, away, last):
    told = [(number if number < 400 else last + away, place) for number, place in told]
    assert standing(told, last + away, last).standing == Standing.ACTIVE
    verdict = standing(told, last + away, last, count_no_visit=True)
    assert verdict.standing == (Standing.LOST if lost and away > 0 else Standing.ACTIVE)
    if verdict.standing == Standing.LOST:
        assert (verdict.why, verdict.since, verdict.evidence) == (Why.NO_VISIT, day(last + 1), ())


def test_evidence_is_the_ground_even_where_never_came_would_be_one():
    verdict = standing([(100, "elsewhere")], 376, count_no_visit=True)
    assert verdict.why == Why.ELSEWHERE


@pytest.mark.parametrize(
    ("expected", "pardoned", "told"),
    [
        (Standing.LOST, 99, [(100, "elsewhere")]),
        (Standing.ACTIVE, 100, [(100, "elsewhere")]),
        (Standing.ACTIVE, 380, [(100, "elsewhere")]),
        (Standing.LOST, 380, [(100, "elsewhere"), (381, "elsewhere")]),
        (Standing.ACTIVE, 380, []),
    ],
)
def test_what_happened_before_a_person_took_him_back_counts_no_more(expected, pardoned, told):
    verdict = standing(told, 500, count_no_visit=True, pardoned_on=day(pardoned))
    assert verdict.standing == expected
