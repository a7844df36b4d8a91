"""When is a customer to be called? (S2, P5, P8, P9)

A schedule is a tuple of :class:`Milestone`. Every date is counted from the purchase date, never
from the milestone before, because chained months drift at month ends. One purchase on the
default schedule has fourteen steps: STNK, KPB 1-4, eight regular services, the new-unit offer.

Day arguments are ``datetime.date`` in the branch's own time zone: :func:`local_day` turns the
caller's moment into it, once, at the edge.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import count
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

#: Days after the planned date during which a call without a coupon behind it is still welcome.
DEFAULT_USEFUL_DAYS = 60


class Kind(StrEnum):
    """What a call is about."""

    STNK = "stnk"
    KPB = "kpb"
    REGULAR = "regular"
    RENEWAL = "renewal"


class Verdict(StrEnum):
    """What generation does with a step whose day has come."""

    CALL = "call"  #: create the follow-up
    EXPIRED = "expired"  #: too late to be useful: record it as failed, with the reason
    SKIPPED = "skipped"  #: too late, and planned before the branch went live: no record


@dataclass(frozen=True)
class Milestone:
    """One line of a schedule.

    :param code: unique within the schedule (``stnk kpb1 … regular renewal``)
    :param kind: what the call is about
    :param kpb_number: 1-4 for the free services, else 0
    :param offset_days: days from purchase to the call, or to the anchor of a repeated call
    :param offset_months: calendar months from purchase, added before the days
    :param interval_months: 0 for a single call; else the call repeats every so many months,
        first one interval after the anchor
    :param end_months: repeated calls only: they lie before purchase + this many months
    :param useful_days: days after the planned date during which the call is still useful
    """

    code: str
    kind: Kind
    kpb_number: int = 0
    offset_days: int = 0
    offset_months: int = 0
    interval_months: int = 0
    end_months: int = 0
    useful_days: int = DEFAULT_USEFUL_DAYS


@dataclass(frozen=True)
class Step:
    """One call in the life of one purchase; (milestone code, occurrence) identifies it.

    ``moved_from`` is the procedure's own day where the call was moved to another.
    """

    milestone: Milestone
    occurrence: int
    planned: date
    moved_from: date | None = None

    @property
    def key(self) -> tuple[str, int]:
        """Return what is unique per purchase: (milestone code, occurrence)."""
        return (self.milestone.code, self.occurrence)


@dataclass(frozen=True)
class Adjustment:
    """What moves the steps of one unit away from the plain schedule.

    :param early: (KPB number, day): calls made before their coupon ends (the guard)
    :param last_touch: (KPB number, day): second reminders, just before the coupon ends
    :param restart: (day of the last service, regular steps that lie behind it): the regular
        services to come count from that day, see :func:`restart_after`
    """

    early: tuple[tuple[int, date], ...] = ()
    last_touch: tuple[tuple[int, date], ...] = ()
    restart: tuple[date, int] | None = None


#: Half of the three months between regular services.
EARLY_SERVICE_DAYS = 45
#: The free service after which the regular ones begin.
LAST_KPB = 4
#: Occurrence of the second reminder of a single call.
LAST_TOUCH = 2
PLAIN = Adjustment()


@dataclass(frozen=True)
class Progress:
    """What is to be done with a purchase as of a day: the due steps, and where it goes on."""

    due: tuple[tuple[Step, Verdict], ...]
    following: Step | None


#: The default procedure, as data. The addon's schedule rows are created from the same figures.
SOP = (
    Milestone("stnk", Kind.STNK, offset_days=15),
    Milestone("kpb1", Kind.KPB, 1, offset_days=30),
    Milestone("kpb2", Kind.KPB, 2, offset_days=90),
    Milestone("kpb3", Kind.KPB, 3, offset_days=210),
    Milestone("kpb4", Kind.KPB, 4, offset_days=330),
    Milestone("regular", Kind.REGULAR, offset_days=330, interval_months=3, end_months=36),
    Milestone("renewal", Kind.RENEWAL, offset_months=36),
)


def local_day(moment_utc: datetime, tz: str) -> date:
    """Return the calendar day on which a moment falls at a branch.

    :param moment_utc: aware, or naive and then UTC, as Odoo stores it
    :param tz: zone name of the branch, such as ``Asia/Makassar``
    :raises ValueError: when there is no such zone
    """
    try:
        zone = ZoneInfo(tz)
    except (LookupError, OSError, TypeError, ValueError):
        raise ValueError(
            f"There is no time zone {tz!r}: "
            "give a name such as Asia/Jakarta, Asia/Makassar or Asia/Jayapura."
        ) from None
    if moment_utc.tzinfo is None:
        moment_utc = moment_utc.replace(tzinfo=UTC)
    return moment_utc.astimezone(zone).date()


def planned_date(purchase: date, milestone: Milestone, occurrence: int = 1) -> date:
    """Return the exact day of a step.

    A month that lacks the day takes its last one: 31 January + 1 month is 28 or 29 February.

    :raises ValueError: when the occurrence is not positive, or not 1 for a single call
    """
    if occurrence < 1 or (occurrence > 1 and not milestone.interval_months):
        raise ValueError(f"{milestone.code} has no occurrence {occurrence}")
    anchor = purchase + relativedelta(months=milestone.offset_months, days=milestone.offset_days)
    return anchor + relativedelta(months=milestone.interval_months * occurrence)


@lru_cache(maxsize=4096)
def steps(
    purchase: date, milestones: tuple[Milestone, ...], adjustment: Adjustment = PLAIN
) -> tuple[Step, ...]:
    """Return every step of a purchase in the order of its days (fourteen on the SOP).

    Remembered per purchase date: the purchases due on one day were bought on a handful of days.
    """
    found = [
        step
        for milestone in milestones
        for step in (
            _repeated_steps(purchase, milestone, adjustment.restart)
            if milestone.interval_months
            else _single_steps(purchase, milestone, adjustment)
        )
    ]
    return tuple(sorted(found, key=lambda step: step.planned))


def _single_steps(purchase: date, milestone: Milestone, adjustment: Adjustment) -> Iterator[Step]:
    day = planned_date(purchase, milestone)
    early = dict(adjustment.early).get(milestone.kpb_number, day)
    yield Step(milestone, 1, min(day, early), moved_from=day if early < day else None)
    last_touch = dict(adjustment.last_touch).get(milestone.kpb_number)
    if last_touch and last_touch > min(day, early):
        yield Step(milestone, LAST_TOUCH, last_touch)


def _repeated_steps(
    purchase: date, milestone: Milestone, restart: tuple[date, int] | None
) -> Iterator[Step]:
    end = purchase + relativedelta(months=milestone.end_months)
    for occurrence in count(1):
        procedure = planned_date(purchase, milestone, occurrence)
        if procedure >= end:
            return
        day = procedure
        if restart and occurrence > restart[1]:
            day = restart[0] + relativedelta(
                months=milestone.interval_months * (occurrence - restart[1])
            )
            if day >= end:
                return
        yield Step(milestone, occurrence, day, moved_from=procedure if day != procedure else None)


def restart_after(
    purchase: date,
    milestone: Milestone,
    services: Iterable[tuple[date, int]],
    records: Iterable[tuple[int, date, bool]],
) -> tuple[date, int] | None:
    """Return from which service the regular ones to come count, for :class:`Adjustment`.

    KPB 4 begins the regular services; without it, the first regular service on or after the day
    from which the procedure counts them.

    :param milestone: the repeated one
    :param services: (day, KPB number, 0 = regular) of the unit's services
    :param records: (occurrence, planned day, whether a service answered it) of its regular steps
    :return: (day of the last such service, regular steps that lie behind it), or None
    """
    services = tuple(services)
    anchor = purchase + relativedelta(months=milestone.offset_months, days=milestone.offset_days)
    begin = min((day for day, number in services if number == LAST_KPB), default=anchor)
    counted = [day for day, number in services if number in (0, LAST_KPB) and day >= begin]
    if not counted:
        return None
    last = max(counted)
    behind = (number for number, planned, answered in records if answered or planned <= last)
    return last, max(behind, default=0)


def next_step(purchase: date, milestones: tuple[Milestone, ...], after: date) -> Step | None:
    """Return the first step planned later than ``after``, or None when there is none left."""
    return next((step for step in steps(purchase, milestones) if step.planned > after), None)


def answers(step: Step, service_day: date) -> bool:
    """Return whether a regular service, done before its step was due, makes the call needless.

    A service belongs to the step nearest to it: at most half an interval before its day.
    """
    return service_day >= step.planned - timedelta(days=EARLY_SERVICE_DAYS)


def nearest(steps: Iterable[Step], services: Iterable[date]) -> dict[tuple[str, int], int]:
    """Return which regular service answers which step: the nearest pairs first, each one once.

    :param steps: regular steps without a record
    :param services: days of services that have answered no other call
    :return: key of a step → place of its service among ``services``
    """
    pairs = sorted(
        (abs(day - step.planned), step.planned, place, step.key)
        for step in steps
        for place, day in enumerate(services)
        if answers(step, day) and day <= useful_until(step)
    )
    found = {}
    for _distance, _planned, place, key in pairs:
        if key not in found and place not in found.values():
            found[key] = place
    return found


def useful_until(step: Step, coupon_end: date | None = None) -> date:
    """Return the last day on which the call of a step is still useful.

    A KPB call is useful while its coupon is valid (grace included). Where the schedule's own day
    lies after the coupon's end the procedure still asks for the call (S2), so the general window
    applies; the same holds for every call without a coupon.
    """
    if coupon_end is not None and coupon_end >= step.planned:
        return coupon_end
    return step.planned + timedelta(days=step.milestone.useful_days)


def verdict(step: Step, as_of: date, go_live: date | None, coupon_end: date | None) -> Verdict:
    """Decide what happens to a step whose planned day is ``as_of`` or earlier."""
    if as_of <= useful_until(step, coupon_end):
        return Verdict.CALL
    if go_live is not None and step.planned < go_live:
        return Verdict.SKIPPED
    return Verdict.EXPIRED


def progress(
    pending: Iterable[Step],
    as_of: date,
    go_live: date | None = None,
    coupon_ends: Mapping[int, date] | None = None,
) -> Progress:
    """Judge every pending step of a purchase that is due on ``as_of`` or was due before.

    Nothing depends on when, or how often, it is asked: thirty daily calls and one call after
    thirty days see every step exactly once.

    :param pending: the purchase's steps that have no record yet, in the order of their days
    :param as_of: today in the branch's time zone
    :param go_live: the day from which the branch answers for its follow-ups; None: for ever
    :param coupon_ends: KPB number → last valid day of the coupon, grace included
    """
    coupon_ends = coupon_ends or {}
    due = []
    for step in pending:
        if step.planned > as_of:
            return Progress(tuple(due), step)
        due.append(
            (step, verdict(step, as_of, go_live, coupon_ends.get(step.milestone.kpb_number)))
        )
    return Progress(tuple(due), None)


def working_day_on_or_after(
    day: date, weekdays: frozenset[int], holidays: frozenset[date] = frozenset()
) -> date:
    """Return the first working day on or after ``day``: the deadline of a call planned then.

    A calendar without a single working day within a year answers with ``day`` itself.

    :param weekdays: working days of the week, Monday = 0
    :param holidays: days off by public holiday or closing of the branch
    """
    for ahead in range(366):
        candidate = day + timedelta(days=ahead)
        if candidate.weekday() in weekdays and candidate not in holidays:
            return candidate
    return day


def working_day_before(
    day: date, weekdays: frozenset[int], holidays: frozenset[date] = frozenset()
) -> date:
    """Return the last working day before ``day``: when an appointment of that day is confirmed.

    A calendar without a single working day within a year answers with the day before.
    """
    for back in range(1, 367):
        candidate = day - timedelta(days=back)
        if candidate.weekday() in weekdays and candidate not in holidays:
            return candidate
    return day - timedelta(days=1)
