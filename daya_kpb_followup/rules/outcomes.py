"""What can a follow-up be, and how can it end?"""

from enum import StrEnum


class State(StrEnum):
    """Where a follow-up stands."""

    TODO = "todo"
    APPOINTMENT = "appointment"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


#: States in which somebody still has to act.
OPEN_STATES = (State.TODO, State.APPOINTMENT)


class Result(StrEnum):
    """How a closed follow-up ended."""

    CAME = "came"
    SERVED_SISTER = "served_sister"
    SERVED_ELSEWHERE = "served_elsewhere"
    HANDLED = "handled"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Place(StrEnum):
    """Where a unit was serviced, seen from the branch that sold it."""

    OWN = "own"
    SISTER = "sister"
    ELSEWHERE = "elsewhere"


#: How a follow-up ends when the unit was serviced at a place.
RESULT_OF_PLACE = {
    Place.OWN: Result.CAME,
    Place.SISTER: Result.SERVED_SISTER,
    Place.ELSEWHERE: Result.SERVED_ELSEWHERE,
}
