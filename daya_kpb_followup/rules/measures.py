"""What do managers count, and out of what?

A *due* call is one that somebody had to make: it was made, or is open, or failed. What ended
before anybody called, because the customer came first or the call was withdrawn, is not due.
Each step of the funnel counts those who took every step before it. Customers are counted once in
each branch that calls them, so the branches add up to head office's figure.
"""

from collections.abc import Iterable
from enum import StrEnum

from .outcomes import Outcome, Place, Result, State


class FunnelStep(StrEnum):
    """How far a call has come; the figures keep the steps in order wherever they are sorted."""

    DUE = "1_due"
    CALLED = "2_called"
    CONTACTED = "3_contacted"
    APPOINTMENT = "4_appointment"
    CAME = "5_came"


class LadderStep(StrEnum):
    """What a unit may come for; sorted, they stand in the order of its life."""

    KPB1 = "kpb1"
    KPB2 = "kpb2"
    KPB3 = "kpb3"
    KPB4 = "kpb4"
    REGULAR = "regular"
    RENEWAL = "renewal"


#: Tries in which nobody was spoken to.
NOT_REACHED = frozenset({Outcome.NO_ANSWER, Outcome.UNREACHABLE, Outcome.WRONG_NUMBER})
#: Results with which the customer came to the branch that called him.
CAME = frozenset({Result.CAME, Result.PICKED_UP})
#: Results for which the call was made.
SUCCESS = CAME | {Result.INTERESTED}
#: States of calls that are not due when nobody has called.
ENDED = frozenset({State.DONE, State.CANCELLED})

#: How a place is written in the letters of :func:`ladder`.
LETTER = {Place.OWN: "o", Place.SISTER: "s", Place.ELSEWHERE: "e"}
NOT_YET = "-"


def ladder(visits: Iterable[tuple[int, Place]]) -> str:
    """Return where a unit came for KPB 1 to 4 and for regular services, a letter each.

    ``o`` the branch that sold it, ``s`` a sister branch, ``e`` elsewhere, ``-`` not yet. Of
    several regular services the one nearest to home counts.

    :param visits: (KPB number, 0 = regular; place) of its services

    >>> ladder([(1, Place.OWN), (3, Place.ELSEWHERE), (0, Place.ELSEWHERE), (0, Place.SISTER)])
    'o-e-s'
    """
    nearest: dict[int, Place] = {}
    order = list(LETTER)
    for number, place in visits:
        known = nearest.get(number)
        if known is None or order.index(place) < order.index(known):
            nearest[number] = place
    return "".join(
        LETTER[nearest[number]] if number in nearest else NOT_YET for number in (1, 2, 3, 4, 0)
    )
