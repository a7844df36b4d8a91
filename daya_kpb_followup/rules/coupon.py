"""Until when is a free-service coupon valid?

A coupon ends at a number of days **or** kilometres after purchase, whichever comes first. The
figures depend on the engine: the row with the longest prefix of the engine number applies, the
row with an empty prefix is the default.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


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
