"""Which answers stand on the call's screen, and under which key?

The commonest answers of a milestone have a button each; the others share one. Every answer that
fits (``rules.outcomes``) has its place, once.
"""

from dataclasses import dataclass

from .outcomes import PLACE_OF_OUTCOME, Outcome, State, fitting
from .schedule import Kind

MORE = "more"
SERVED = "served"


@dataclass(frozen=True)
class Button:
    """One button.

    :param name: the outcome it stands for, or the name of a group
    :param outcomes: what it offers; one, or the members of the group
    """

    name: str
    outcomes: tuple[Outcome, ...]


_SERVICE = (
    Outcome.WILL_COME,
    Outcome.NO_ANSWER,
    Outcome.CALL_BACK,
    SERVED,
    Outcome.REFUSED,
)
#: The first five keys of each kind of milestone.
COMMONEST = {
    Kind.STNK: (
        Outcome.WILL_COME,
        Outcome.NO_ANSWER,
        Outcome.CALL_BACK,
        Outcome.PICKED_UP,
        Outcome.STNK_NOT_READY,
    ),
    Kind.KPB: _SERVICE,
    Kind.REGULAR: _SERVICE,
    Kind.RENEWAL: (
        Outcome.INTERESTED,
        Outcome.NO_ANSWER,
        Outcome.CALL_BACK,
        Outcome.NOT_INTERESTED,
        Outcome.UNREACHABLE,
    ),
}


def buttons(kind: Kind, state: State) -> tuple[Button, ...]:
    """Return the buttons of a call in the order of their keys 1, 2, 3 …; none once it is closed."""
    left = list(fitting(kind, state))
    if not left:
        return ()
    row = []
    for name in COMMONEST[kind]:
        wanted = tuple(PLACE_OF_OUTCOME) if name == SERVED else (name,)
        found = tuple(outcome for outcome in wanted if outcome in left)
        if found:
            row.append(Button(str(name), found))
            left = [outcome for outcome in left if outcome not in found]
    if left:
        row.append(Button(MORE, tuple(left)))
    return tuple(row)
