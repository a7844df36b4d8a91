"""Does an odometer reading fit what is known of the unit? It is questioned, never refused."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

#: A courier's motorcycle hardly makes more than this in a day, day after day.
MAX_KM_PER_DAY = 300
#: What any unit may have been ridden besides, so that two visits in one week raise no question.
LEEWAY_KM = 500


class Doubt(StrEnum):
    """What is odd about a reading."""

    FALLING = "falling"  #: lower than an earlier one, or higher than a later one
    JUMP = "jump"  #: further than the unit can have gone in the time


def doubt(purchase: date, readings: Iterable[tuple[date, int]], day: date, km: int) -> Doubt | None:
    """Return what is odd about a reading, None when it fits or there is none.

    :param purchase: the day on which the unit stood at zero
    :param readings: (day, kilometres) of the unit's other visits that are not in doubt themselves
    :param day: of the reading to judge
    :param km: its kilometres; 0 = not read
    """
    if not km:
        return None
    known = sorted(readings)
    before = [reading for reading in known if reading[0] <= day]
    after = [reading for reading in known if reading[0] > day]
    if any(km < earlier for _day, earlier in before) or any(km > later for _day, later in after):
        return Doubt.FALLING
    last_day, last_km = before[-1] if before else (purchase, 0)
    if km - last_km > LEEWAY_KM + MAX_KM_PER_DAY * (day - last_day).days:
        return Doubt.JUMP
    return None
