"""To whom does a call climb that was not made, or could not be solved? (S5)

A chain is an ordered tuple of stations. What has been raised already, and who fills which
station, decides what is raised now: the next station that somebody fills. An empty station is
passed with its reason, a person who has just been asked is not asked again in another role, and
a chain that has nobody left stops and says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Trigger(StrEnum):
    """What makes a follow-up climb."""

    OVERDUE = "overdue"
    EXHAUSTED = "exhausted"
    REFUSED = "refused"
    SERVED_SISTER = "served_sister"
    SERVED_ELSEWHERE = "served_elsewhere"
    NO_SHOW_TWICE = "no_show_twice"
    STNK_LATE = "stnk_late"
    NO_OWNER = "no_owner"


class Side(StrEnum):
    """Whose people answer: the branch that sold the unit, or the sister branch it visited."""

    OWN = "own"
    SISTER = "sister"


class Answer(StrEnum):
    """How a raised station ended, or that it has not."""

    OPEN = "open"
    RESOLVED = "resolved"
    PASSED_ON = "passed_on"
    SILENT = "silent"
    CONCLUDED = "concluded"


class Skip(StrEnum):
    """Why a station is passed over."""

    EMPTY = "empty"
    JUST_ASKED = "just_asked"


class Stop(StrEnum):
    """Why nothing is raised."""

    WAITING = "waiting"  #: a station is open and within its time
    RESOLVED = "resolved"
    FINISHED = "finished"  #: the last station has had its say
    NOBODY = "nobody"  #: no station that is left has anybody else to ask


@dataclass(frozen=True)
class Station:
    """One level of a chain.

    :param key: the caller's own reference to it
    :param role: code of the role that answers
    :param side: whose people
    """

    key: int
    role: str
    side: Side = Side.OWN


@dataclass(frozen=True)
class Decision:
    """What to raise now, or why nothing; with what was passed over on the way."""

    station: Station | None = None
    user: int | None = None
    stop: Stop | None = None
    skipped: tuple[tuple[Station, Skip], ...] = ()


#: S5 exactly as written: from Admin CRM H2 on.
CHAIN_SISTER = (
    ("pic_crm", Side.OWN),
    ("kacab", Side.OWN),
    ("kacab", Side.SISTER),
    ("kabeng", Side.SISTER),
    ("kabeng", Side.OWN),
    ("pic_crm", Side.OWN),
)
CHAIN_DEFAULT = (
    ("pic_crm", Side.OWN),
    ("kabeng", Side.OWN),
    ("kacab", Side.OWN),
    ("pic_crm", Side.OWN),
)


def next_raise(
    chain: tuple[Station, ...],
    answers: Mapping[int, Answer],
    who: Callable[[Station], int | None],
    asked_last: int | None = None,
) -> Decision:
    """Return what the chain asks for now.

    :param chain: the stations in their order
    :param answers: station key → how it ended, for the stations raised so far
    :param who: station → the person who fills it now, None when nobody does
    :param asked_last: who was asked at the last raised station
    """
    if any(answer == Answer.OPEN for answer in answers.values()):
        return Decision(stop=Stop.WAITING)
    if Answer.RESOLVED in answers.values():
        return Decision(stop=Stop.RESOLVED)
    raised = [index for index, station in enumerate(chain) if station.key in answers]
    start = raised[-1] + 1 if raised else 0
    if start >= len(chain):
        return Decision(stop=Stop.FINISHED)
    skipped: list[tuple[Station, Skip]] = []
    for station in chain[start:]:
        user = who(station)
        if user is None:
            skipped.append((station, Skip.EMPTY))
        elif user == asked_last:
            skipped.append((station, Skip.JUST_ASKED))
        else:
            return Decision(station, user, skipped=tuple(skipped))
    return Decision(stop=Stop.NOBODY, skipped=tuple(skipped))
