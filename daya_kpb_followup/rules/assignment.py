"""Who makes the call?

The order of the house: the customer's own salesperson where the milestone belongs to the
salesforce; else the least-loaded member of the role in the branch; else the role in a parent
branch; else PIC CRM, else Kacab, each in the branch and then upwards. Where nobody is left the
answer is nobody, and the follow-up stands on the "no owner" list with the reason.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

SALESFORCE = "salesforce"
PIC_CRM = "pic_crm"
KACAB = "kacab"

#: Roles that answer for a call when its own role is empty all the way up.
STAND_INS = (PIC_CRM, KACAB)


@dataclass(frozen=True)
class Assignee:
    """Who takes a call, and through which role and branch (ids of the caller's own kind)."""

    user: int
    role: str
    branch: int


def stations(role: str, lineage: Iterable[int]) -> Iterator[tuple[str, int]]:
    """Yield (role, branch) in the order in which a person is looked for.

    :param role: code of the milestone's role
    :param lineage: the branch, its parent, … up to head office
    """
    lineage = tuple(lineage)
    for wanted in dict.fromkeys((role, *STAND_INS)):
        for branch in lineage:
            yield wanted, branch


def assign(
    role: str,
    lineage: Iterable[int],
    members: Callable[[str, int], Iterable[int]],
    load: Mapping[int, int],
    salesperson: int | None = None,
    previous: int | None = None,
) -> Assignee | None:
    """Return who takes a call, or None when no role up to head office has anybody.

    :param role: code of the milestone's role
    :param lineage: the branch, its parent, … up to head office
    :param members: (role code, branch) → active users with that role in that branch
    :param load: user → open follow-ups; the least loaded is taken, the lowest id among equals
    :param salesperson: who sold the unit; taken for salesforce calls while still a member
    :param previous: who called this customer last in the role; taken again where possible
    """
    lineage = tuple(lineage)
    if role == SALESFORCE and salesperson is not None and lineage:
        home = lineage[0]
        if salesperson in members(SALESFORCE, home):
            return Assignee(salesperson, SALESFORCE, home)
    for wanted, branch in stations(role, lineage):
        candidates = sorted(members(wanted, branch))
        if previous in candidates:
            return Assignee(previous, wanted, branch)
        if candidates:
            user = min(candidates, key=lambda candidate: (load.get(candidate, 0), candidate))
            return Assignee(user, wanted, branch)
    return None


def spread(
    first: date,
    last: date,
    taken: Mapping[date, int],
    cap: int,
    next_working_day: Callable[[date], date],
) -> date:
    """Return the day on which a person makes one more call, under a daily cap.

    The overflow of a day moves to the next working days on which the call is still useful; when
    all of them are full it stays on its own day, for nothing is put off beyond its use.

    :param first: the day of the call
    :param last: the last day on which it is useful
    :param taken: day → calls the person has already
    :param cap: calls per person and day; 0 for no cap
    :param next_working_day: day → the working day after it
    """
    day = first
    while cap and taken.get(day, 0) >= cap:
        day = next_working_day(day)
        if day > last:
            return first
    return day
