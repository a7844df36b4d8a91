"""When is a customer at risk, LOST, or back? (S3, decisions 5-7)

LOST needs evidence and the end of the period: at least one service at a dealer outside the
group, none in the group since, and the last free-service coupon over, grace included. Before
that end the customer is at risk. Any later service in the group brings him back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from .outcomes import Place

GROUP_PLACES = frozenset({Place.OWN, Place.SISTER})


class Standing(StrEnum):
    """How a customer stands to the group, as far as his visits tell."""

    ACTIVE = "active"
    AT_RISK = "at_risk"
    LOST = "lost"


class Why(StrEnum):
    """What a customer is at risk or LOST for."""

    ELSEWHERE = "elsewhere"  #: serviced outside the group, and not inside since
    NO_VISIT = "no_visit"  #: never came during the whole coupon period (a policy option)


@dataclass(frozen=True, order=True)
class Service:
    """A recorded service: ``key`` is the caller's own reference to it."""

    day: date
    place: Place
    key: int = 0


@dataclass(frozen=True)
class Judgement:
    """The verdict on a customer.

    :param standing: active, at risk or LOST
    :param why: the ground, where he is not simply active
    :param since: the day on which the standing began
    :param evidence: the services outside the group that speak against him
    """

    standing: Standing
    why: Why | None = None
    since: date | None = None
    evidence: tuple[Service, ...] = ()


def judge(
    services: Iterable[Service],
    period_end: date,
    as_of: date,
    count_no_visit: bool = False,
    pardoned_on: date | None = None,
) -> Judgement:
    """Return how a customer stands on a day.

    A service in the group on the same day as one outside counts as the later one.

    :param services: every recorded service of the unit; later than ``as_of`` are ignored
    :param period_end: last valid day of the last coupon, grace included
    :param as_of: today in the branch's time zone
    :param count_no_visit: whether a customer who never came is LOST when the period is over
    :param pardoned_on: the day on which a person took the customer back; what happened until then
        counts no more
    """
    known = sorted(service for service in services if service.day <= as_of)
    last_inside = max((s.day for s in known if s.place in GROUP_PLACES), default=date.min)
    clean_until = max(last_inside, pardoned_on or date.min)
    evidence = tuple(s for s in known if s.place not in GROUP_PLACES and s.day > clean_until)
    over = as_of > period_end
    after_period = period_end + timedelta(days=1)
    if evidence:
        first = evidence[0].day
        if over:
            return Judgement(Standing.LOST, Why.ELSEWHERE, max(first, after_period), evidence)
        return Judgement(Standing.AT_RISK, Why.ELSEWHERE, first, evidence)
    if over and count_no_visit and clean_until == date.min:
        return Judgement(Standing.LOST, Why.NO_VISIT, after_period)
    return Judgement(Standing.ACTIVE)
