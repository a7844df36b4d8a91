"""What can a customer say, and what happens next? (P6, P9, S3-S5)

One literal table, :data:`TABLE`, decides for every kind of milestone, open state and outcome. It
is total: :func:`decide` answers every combination or refuses it with a named error. The wizard,
the board, the API and the import ask it and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .schedule import Kind


class State(StrEnum):
    """Where a follow-up stands."""

    TODO = "todo"
    APPOINTMENT = "appointment"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


#: States in which somebody still has to act.
OPEN_STATES = (State.TODO, State.APPOINTMENT)


class Outcome(StrEnum):
    """What came out of one attempt to reach the customer."""

    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    WRONG_NUMBER = "wrong_number"
    CALL_BACK = "call_back"
    WILL_COME = "will_come"
    REFUSED = "refused"
    SERVED_OWN = "served_own"
    SERVED_SISTER = "served_sister"
    SERVED_ELSEWHERE = "served_elsewhere"
    UNIT_SOLD = "unit_sold"
    DO_NOT_CONTACT = "do_not_contact"
    PICKED_UP = "picked_up"
    STNK_NOT_READY = "stnk_not_ready"
    INTERESTED = "interested"
    NOT_INTERESTED = "not_interested"


class Channel(StrEnum):
    """How the customer was reached for."""

    PHONE = "phone"
    WHATSAPP = "whatsapp"
    SMS = "sms"
    EMAIL = "email"
    IN_PERSON = "in_person"


class Result(StrEnum):
    """How a closed follow-up ended."""

    CAME = "came"
    SERVED_SISTER = "served_sister"
    SERVED_ELSEWHERE = "served_elsewhere"
    PICKED_UP = "picked_up"
    INTERESTED = "interested"
    NOT_INTERESTED = "not_interested"
    REFUSED = "refused"
    UNIT_SOLD = "unit_sold"
    DO_NOT_CONTACT = "do_not_contact"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


class Place(StrEnum):
    """Where a unit was serviced, seen from the branch that sold it."""

    OWN = "own"
    SISTER = "sister"
    ELSEWHERE = "elsewhere"


class Need(StrEnum):
    """What has to come with an outcome."""

    APPOINTMENT = "appointment_at"
    CALL_BACK_DAY = "call_back_on"
    FIVE_ITEMS = "five_items"


class Trigger(StrEnum):
    """What an outcome sets off beside the follow-up itself."""

    DATA_CORRECTION = "data_correction"
    VISIT = "visit"
    LOST_EVIDENCE = "lost_evidence"
    ESCALATE_REFUSED = "escalate_refused"
    ESCALATE_SISTER = "escalate_sister"
    ESCALATE_ELSEWHERE = "escalate_elsewhere"
    ESCALATE_EXHAUSTED = "escalate_exhausted"
    ESCALATE_STNK = "escalate_stnk"
    DO_NOT_CONTACT = "do_not_contact"
    UNIT_SOLD = "unit_sold"
    STNK_COLLECTED = "stnk_collected"
    STNK_CHASE = "stnk_chase"
    OPPORTUNITY = "opportunity"
    STOP = "stop"


#: What reaches beyond the call, to other calls, visits and colleagues, and stays.
LASTING = frozenset(
    {
        Trigger.VISIT,
        Trigger.LOST_EVIDENCE,
        Trigger.DO_NOT_CONTACT,
        Trigger.UNIT_SOLD,
        Trigger.STNK_COLLECTED,
        Trigger.OPPORTUNITY,
        Trigger.STOP,
    }
)
#: How a follow-up ends when the unit was serviced at a place.
RESULT_OF_PLACE = {
    Place.OWN: Result.CAME,
    Place.SISTER: Result.SERVED_SISTER,
    Place.ELSEWHERE: Result.SERVED_ELSEWHERE,
}
#: The place that an outcome reports.
PLACE_OF_OUTCOME = {
    Outcome.SERVED_OWN: Place.OWN,
    Outcome.SERVED_SISTER: Place.SISTER,
    Outcome.SERVED_ELSEWHERE: Place.ELSEWHERE,
}


@dataclass(frozen=True)
class Transition:
    """What happens next.

    :param state: the follow-up's next state
    :param retry_days: days until the next try, moved on to a working day; None where the
        follow-up ends, or where the customer named the day
    :param result: how the follow-up ended, for final states
    :param needs: what the outcome must come with
    :param triggers: what it sets off
    :param unsuccessful: whether the try counts against the limit of attempts
    """

    state: State
    retry_days: int | None = None
    result: Result | None = None
    needs: frozenset[Need] = frozenset()
    triggers: frozenset[Trigger] = frozenset()
    unsuccessful: bool = False


class RefusalCode(StrEnum):
    """Why an outcome is not taken."""

    CLOSED = "closed"
    DOES_NOT_FIT = "does_not_fit"


class OutcomeRefused(ValueError):
    """The outcome cannot be logged; ``code`` says why, the Odoo layer says it to people."""

    def __init__(self, code: RefusalCode, message: str):
        super().__init__(message)
        self.code = code


#: Tries without success after which a follow-up is given up and climbs (S5).
DEFAULT_ATTEMPT_LIMIT = 5
#: A day that a customer names lies within so many days; later ones are slips of the year.
MAX_DAYS_AHEAD = 365

_RETRIES = {
    Outcome.NO_ANSWER: 1,
    Outcome.UNREACHABLE: 2,
    Outcome.WRONG_NUMBER: 1,
    Outcome.STNK_NOT_READY: 3,
}
#: Days until the next try, per outcome; a milestone may say otherwise.
DEFAULT_RETRY_DAYS: Mapping[Outcome, int] = _RETRIES


def _again(outcome: Outcome, *triggers: Trigger, state: State, unsuccessful: bool) -> Transition:
    return Transition(
        state, _RETRIES[outcome], triggers=frozenset(triggers), unsuccessful=unsuccessful
    )


def _end(result: Result, *triggers: Trigger, state: State = State.DONE, **more) -> Transition:
    return Transition(state, result=result, triggers=frozenset(triggers), **more)


def _everywhere(state: State) -> dict[Outcome, Transition]:
    """Outcomes that fit every kind of milestone.

    An unanswered confirmation keeps the date and does not use up the tries: the customer comes.
    """
    counts = state == State.TODO
    return {
        Outcome.NO_ANSWER: _again(Outcome.NO_ANSWER, state=state, unsuccessful=counts),
        Outcome.UNREACHABLE: _again(Outcome.UNREACHABLE, state=state, unsuccessful=counts),
        Outcome.WRONG_NUMBER: _again(
            Outcome.WRONG_NUMBER, Trigger.DATA_CORRECTION, state=state, unsuccessful=counts
        ),
        Outcome.CALL_BACK: Transition(State.TODO, needs=frozenset({Need.CALL_BACK_DAY})),
        Outcome.UNIT_SOLD: _end(Result.UNIT_SOLD, Trigger.UNIT_SOLD, state=State.CANCELLED),
        Outcome.DO_NOT_CONTACT: _end(
            Result.DO_NOT_CONTACT, Trigger.DO_NOT_CONTACT, state=State.CANCELLED
        ),
    }


_COMES = {
    Outcome.WILL_COME: Transition(State.APPOINTMENT, needs=frozenset({Need.APPOINTMENT})),
    Outcome.REFUSED: _end(Result.REFUSED, Trigger.ESCALATE_REFUSED, state=State.FAILED),
}
_SERVICE = {
    Outcome.SERVED_OWN: _end(Result.CAME, Trigger.VISIT),
    Outcome.SERVED_SISTER: _end(Result.SERVED_SISTER, Trigger.VISIT, Trigger.ESCALATE_SISTER),
    Outcome.SERVED_ELSEWHERE: _end(
        Result.SERVED_ELSEWHERE,
        Trigger.VISIT,
        Trigger.LOST_EVIDENCE,
        Trigger.ESCALATE_ELSEWHERE,
    ),
}
_STNK = {
    Outcome.PICKED_UP: _end(Result.PICKED_UP, Trigger.STNK_COLLECTED),
    Outcome.STNK_NOT_READY: _again(
        Outcome.STNK_NOT_READY, Trigger.STNK_CHASE, state=State.TODO, unsuccessful=False
    ),
}
_OFFER = {
    Outcome.INTERESTED: _end(
        Result.INTERESTED, Trigger.OPPORTUNITY, needs=frozenset({Need.FIVE_ITEMS})
    ),
    Outcome.NOT_INTERESTED: _end(Result.NOT_INTERESTED, Trigger.STOP),
}

#: (kind, open state) → outcome → what happens next. What is missing does not fit the milestone.
TABLE: Mapping[tuple[Kind, State], Mapping[Outcome, Transition]] = {
    (kind, state): _everywhere(state) | special
    for kind, special in {
        Kind.STNK: _COMES | _STNK,
        Kind.KPB: _COMES | _SERVICE,
        Kind.REGULAR: _COMES | _SERVICE,
        Kind.RENEWAL: _OFFER,
    }.items()
    for state in OPEN_STATES
}


@dataclass(frozen=True)
class Policy:
    """What a milestone may set for itself.

    :param attempt_limit: tries without success after which the follow-up fails
    :param retry_days: outcome → days until the next try, where it differs from the default
    """

    attempt_limit: int = DEFAULT_ATTEMPT_LIMIT
    retry_days: Mapping[Outcome, int] = field(default_factory=dict)


DEFAULT_POLICY = Policy()


def _refuse_closed(state: State) -> None:
    if state not in OPEN_STATES:
        raise OutcomeRefused(RefusalCode.CLOSED, f"a follow-up that is {state} takes no outcome")


def decide(
    kind: Kind,
    state: State,
    outcome: Outcome,
    unsuccessful_before: int = 0,
    policy: Policy = DEFAULT_POLICY,
) -> Transition:
    """Return what an outcome leads to.

    :param unsuccessful_before: earlier tries that count against the limit
    :raises OutcomeRefused: the follow-up is closed, or the outcome does not fit its milestone
    """
    _refuse_closed(state)
    transition = TABLE[kind, state].get(outcome)
    if transition is None:
        raise OutcomeRefused(RefusalCode.DOES_NOT_FIT, f"{outcome} does not fit {kind}")
    if transition.unsuccessful and unsuccessful_before + 1 >= policy.attempt_limit:
        return Transition(
            State.FAILED,
            result=Result.EXHAUSTED,
            triggers=transition.triggers | {Trigger.ESCALATE_EXHAUSTED},
            unsuccessful=True,
        )
    if transition.retry_days is not None:
        days = policy.retry_days.get(outcome, transition.retry_days)
        return Transition(
            transition.state,
            max(days, 1),
            triggers=transition.triggers,
            unsuccessful=transition.unsuccessful,
        )
    return transition


def unsaid(state: State) -> Transition:
    """Return what happens when a call is ticked off without an outcome: it comes back.

    :raises OutcomeRefused: the follow-up is closed
    """
    _refuse_closed(state)
    return Transition(state, retry_days=1)


def can_be_undone(transition: Transition) -> bool:
    """Return whether a slip of the hand can be taken back: nothing outside the call changed."""
    return not transition.triggers & LASTING


def fitting(kind: Kind, state: State) -> tuple[Outcome, ...]:
    """Return the outcomes that fit a milestone, in the order of :class:`Outcome`."""
    row = TABLE.get((kind, state), {})
    return tuple(outcome for outcome in Outcome if outcome in row)
