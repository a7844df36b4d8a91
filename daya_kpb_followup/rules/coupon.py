"""Until when is a free-service coupon valid?

A coupon ends at a number of days **or** kilometres after purchase, whichever comes first. The
figures depend on the engine: the row with the longest prefix of the engine number applies, the
row with an empty prefix is the default.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .schedule import Adjustment, Kind, Milestone, planned_date

#: Where a call is moved before its coupon's end, it is this many days before the nominal end.
EARLY_DAYS = 30
#: A pace says nothing about what lies further ahead than this.
FORESEEABLE_DAYS = 3 * 366


@dataclass(frozen=True)
class Window:
    """One row of the coupon table.

    :param engine_prefix: leading characters of the engine number, upper case; "" = every engine
    :param kpb_number: 1-4
    :param max_days: last valid day after purchase, grace included
    :param max_km: last valid odometer reading in kilometres
    :param grace_days: how many of ``max_days`` are grace after the nominal end
    """

    engine_prefix: str
    kpb_number: int
    max_days: int
    max_km: int
    grace_days: int = 15

    def nominal_end(self, purchase: date) -> date:
        """Return the last day before the grace begins."""
        return purchase + timedelta(days=self.max_days - self.grace_days)

    def grace_end(self, purchase: date) -> date:
        """Return the last day on which a workshop still accepts the coupon."""
        return purchase + timedelta(days=self.max_days)


def windows_for(engine_number: str, table: Iterable[Window]) -> dict[int, Window]:
    """Return KPB number → window of an engine, by the longest matching prefix for each number.

    :param engine_number: as stored on the purchase; case and surrounding blanks do not matter
    """
    engine = (engine_number or "").strip().upper()
    best: dict[int, Window] = {}
    for window in table:
        known = best.get(window.kpb_number)
        if engine.startswith(window.engine_prefix) and (
            known is None or len(window.engine_prefix) > len(known.engine_prefix)
        ):
            best[window.kpb_number] = window
    return best


def grace_ends(purchase: date, engine_number: str, table: Iterable[Window]) -> dict[int, date]:
    """Return KPB number → last valid day of the purchase's coupons, grace included."""
    found = windows_for(engine_number, table)
    return {number: window.grace_end(purchase) for number, window in found.items()}


def km_reached_on(readings: Iterable[tuple[date, int]], km: int) -> date | None:
    """Return the day on which a unit reaches ``km``, by its odometer readings.

    Between two readings, or beyond the last one, the unit goes on at the pace they show; a single
    reading beyond ``km`` gives its own day. Falling readings (an exchanged odometer, a typing
    error) show no pace, and what lies further ahead than :data:`FORESEEABLE_DAYS` is not told.

    :param readings: (day, kilometres) in any order
    :return: the estimated day, or None when the readings do not tell
    """
    known = sorted(readings)
    for number, (day, reading) in enumerate(known):
        if reading >= km:
            before = known[number - 1] if number else None
            return _at_pace(before, (day, reading), km) or day
    return _at_pace(known[0], known[-1], km) if len(known) > 1 else None


def _at_pace(first: tuple[date, int] | None, second: tuple[date, int], km: int) -> date | None:
    if first is None:
        return None
    days, driven = (second[0] - first[0]).days, second[1] - first[1]
    if days <= 0 or driven <= 0:
        return None
    ahead = (km - first[1]) * days // driven
    return first[0] + timedelta(days=ahead) if ahead <= FORESEEABLE_DAYS else None


@dataclass(frozen=True)
class Validity:
    """Until when one coupon of one unit is valid.

    :param nominal_end: the last day before the grace begins
    :param grace_end: the last day by days
    :param km_end: the estimated day on which the kilometres are used up, when known
    """

    nominal_end: date
    grace_end: date
    km_end: date | None = None

    @property
    def end(self) -> date:
        """Return the last day, by days or kilometres, whichever comes first."""
        return min(self.grace_end, self.km_end) if self.km_end else self.grace_end

    def ends_before(self, planned: date) -> bool:
        """Return whether a call on that day comes after the coupon has ended (the guard)."""
        return planned > self.grace_end


def validities(
    purchase: date, windows: Mapping[int, Window], readings: Iterable[tuple[date, int]] = ()
) -> dict[int, Validity]:
    """Return KPB number → validity of a unit's coupons.

    :param windows: KPB number → window of the unit's engine
    :param readings: (day, kilometres) of its visits
    """
    readings = tuple(readings)
    return {
        number: Validity(
            nominal_end=window.nominal_end(purchase),
            grace_end=window.grace_end(purchase),
            km_end=km_reached_on(readings, window.max_km),
        )
        for number, window in windows.items()
    }


def conflicts(
    purchase: date, milestones: Iterable[Milestone], windows: Mapping[int, Window]
) -> dict[int, tuple[date, date]]:
    """Return KPB number → (call day, coupon's end) where the procedure calls too late."""
    found = {}
    for milestone in milestones:
        window = windows.get(milestone.kpb_number)
        if milestone.kind != Kind.KPB or window is None:
            continue
        planned, end = planned_date(purchase, milestone), window.grace_end(purchase)
        if planned > end:
            found[milestone.kpb_number] = (planned, end)
    return found


def adjustment(
    purchase: date,
    milestones: Iterable[Milestone],
    windows: Mapping[int, Window],
    call_before_end: bool = False,
    last_touch_days: Mapping[int, int] | None = None,
    restart: tuple[date, int] | None = None,
) -> Adjustment:
    """Return how the unit's calls differ from the plain schedule.

    :param call_before_end: move calls that would come after their coupon's end
    :param last_touch_days: KPB number → days before the nominal end for a second reminder
    :param restart: see :class:`rules.schedule.Adjustment`
    """
    milestones = tuple(milestones)
    early = (
        tuple(
            (number, windows[number].nominal_end(purchase) - timedelta(days=EARLY_DAYS))
            for number in sorted(conflicts(purchase, milestones, windows))
        )
        if call_before_end
        else ()
    )
    last_touch = tuple(
        (number, windows[number].nominal_end(purchase) - timedelta(days=days))
        for number, days in sorted((last_touch_days or {}).items())
        if days and number in windows
    )
    return Adjustment(early, last_touch, restart)
