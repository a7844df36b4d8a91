"""Who makes the call?

The order of the house: the customer's own salesperson where the milestone belongs to the
salesforce; else the least-loaded member of the role in the branch; else the role in a parent
branch; else PIC CRM, else Kacab, each in the branch and then upwards. Where nobody is left the
answer is nobody, and the follow-up stands on the "no owner" list with the reason.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

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
) -> Assignee | None:
    """Return who takes a call, or None when no role up to head office has anybody.

    :param role: code of the milestone's role
    :param lineage: the branch, its parent, … up to head office
    :param members: (role code, branch) → active users with that role in that branch
    :param load: user → open follow-ups; the least loaded is taken, the lowest id among equals
    :param salesperson: who sold the unit; taken for salesforce calls while still a member
    """
    lineage = tuple(lineage)
    if role == SALESFORCE and salesperson is not None and lineage:
        home = lineage[0]
        if salesperson in members(SALESFORCE, home):
            return Assignee(salesperson, SALESFORCE, home)
    for wanted, branch in stations(role, lineage):
        candidates = sorted(members(wanted, branch))
        if candidates:
            user = min(candidates, key=lambda candidate: (load.get(candidate, 0), candidate))
            return Assignee(user, wanted, branch)
    return None
