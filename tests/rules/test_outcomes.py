"""The table of outcomes answers everything, ends nowhere by accident, and refuses by name."""

from itertools import product

import pytest

from rules.outcomes import (
    DEFAULT_ATTEMPT_LIMIT,
    DEFAULT_RETRY_DAYS,
    OPEN_STATES,
    PLACE_OF_OUTCOME,
    RESULT_OF_PLACE,
    TABLE,
    Need,
    Outcome,
    OutcomeRefused,
    Policy,
    RefusalCode,
    Result,
    State,
    Trigger,
    can_be_undone,
    decide,
    fitting,
    unsaid,
)
from rules.schedule import Kind

COMES = {Outcome.WILL_COME, Outcome.REFUSED}
EVERYWHERE = {
    Outcome.NO_ANSWER,
    Outcome.UNREACHABLE,
    Outcome.WRONG_NUMBER,
    Outcome.CALL_BACK,
    Outcome.UNIT_SOLD,
    Outcome.DO_NOT_CONTACT,
}
SERVED = {Outcome.SERVED_OWN, Outcome.SERVED_SISTER, Outcome.SERVED_ELSEWHERE}
#: What fits which kind of milestone, written down a second time on purpose.
FITS = {
    Kind.STNK: EVERYWHERE | COMES | {Outcome.PICKED_UP, Outcome.STNK_NOT_READY},
    Kind.KPB: EVERYWHERE | COMES | SERVED,
    Kind.REGULAR: EVERYWHERE | COMES | SERVED,
    Kind.RENEWAL: EVERYWHERE | {Outcome.INTERESTED, Outcome.NOT_INTERESTED},
}
CLOSED_STATES = tuple(state for state in State if state not in OPEN_STATES)
ALL = list(product(Kind, State, Outcome))
TRANSITIONS = [
    pytest.param(kind, state, outcome, transition, id=f"{kind}-{state}-{outcome}")
    for (kind, state), row in TABLE.items()
    for outcome, transition in row.items()
]


# total
def test_the_table_knows_every_kind_and_open_state():
    assert set(TABLE) == set(product(Kind, OPEN_STATES))


@pytest.mark.parametrize(("kind", "state", "outcome"), ALL)
def test_every_combination_is_decided_or_refused_by_name(kind, state, outcome):
    expected = None
    if state in CLOSED_STATES:
        expected = RefusalCode.CLOSED
    elif outcome not in FITS[kind]:
        expected = RefusalCode.DOES_NOT_FIT
    if expected is None:
        assert decide(kind, state, outcome).state in State
        return
    with pytest.raises(OutcomeRefused) as refused:
        decide(kind, state, outcome)
    assert refused.value.code is expected
    assert outcome.value in str(refused.value) or state.value in str(refused.value)


def test_every_outcome_fits_somewhere_and_every_trigger_and_result_is_reached():
    transitions = [transition for row in TABLE.values() for transition in row.values()]
    exhausted = decide(Kind.KPB, State.TODO, Outcome.NO_ANSWER, DEFAULT_ATTEMPT_LIMIT - 1)
    reached = [*transitions, exhausted]
    assert {outcome for row in TABLE.values() for outcome in row} == set(Outcome)
    assert {trigger for item in reached for trigger in item.triggers} == (
        set(Trigger) - {Trigger.ESCALATE_STNK}  # raised by time, not by an answer
    )
    by_other_means = {Result.EXPIRED, Result.LOST, Result.WITHDRAWN}
    assert {item.result for item in reached if item.result} == set(Result) - by_other_means
    assert {need for item in transitions for need in item.needs} == set(Need)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("state", State)
def test_what_is_offered_is_what_is_taken(kind, state):
    expected = [outcome for outcome in Outcome if state in OPEN_STATES and outcome in FITS[kind]]
    assert list(fitting(kind, state)) == expected


# without dead ends
@pytest.mark.parametrize(("kind", "state", "outcome", "transition"), TRANSITIONS)
def test_an_open_state_has_its_next_day_and_a_final_one_its_result(
    kind, state, outcome, transition
):
    if transition.state in OPEN_STATES:
        named_by_customer = transition.needs & {Need.APPOINTMENT, Need.CALL_BACK_DAY}
        assert (transition.retry_days is not None) != bool(named_by_customer)
        assert transition.retry_days is None or transition.retry_days >= 1
        assert transition.result is None
    else:
        assert transition.retry_days is None
        assert transition.result in Result
        assert not transition.unsuccessful


@pytest.mark.parametrize(("kind", "state", "outcome", "transition"), TRANSITIONS)
def test_an_appointment_is_made_only_with_a_time_and_kept_only_unanswered(
    kind, state, outcome, transition
):
    if transition.state is State.APPOINTMENT:
        assert Need.APPOINTMENT in transition.needs or state is State.APPOINTMENT


@pytest.mark.parametrize("kind", Kind)
def test_from_every_open_state_an_end_is_reachable(kind):
    for state in OPEN_STATES:
        assert any(item.state not in OPEN_STATES for item in TABLE[kind, state].values())


@pytest.mark.parametrize("state", OPEN_STATES)
def test_what_is_ticked_off_without_an_outcome_comes_back_as_it_was(state):
    again = unsaid(state)
    assert (again.state, again.retry_days, again.triggers) == (state, 1, frozenset())
    assert not again.unsuccessful


@pytest.mark.parametrize("state", CLOSED_STATES)
def test_what_is_closed_is_not_ticked_off_again(state):
    with pytest.raises(OutcomeRefused) as refused:
        unsaid(state)
    assert refused.value.code is RefusalCode.CLOSED


# tries
@pytest.mark.parametrize("outcome", DEFAULT_RETRY_DAYS)
def test_default_days_until_the_next_try(outcome):
    expected = {
        Outcome.NO_ANSWER: 1,
        Outcome.UNREACHABLE: 2,
        Outcome.WRONG_NUMBER: 1,
        Outcome.STNK_NOT_READY: 3,
    }
    assert decide(Kind.STNK, State.TODO, outcome).retry_days == expected[outcome]


@pytest.mark.parametrize(("days", "expected"), [(7, 7), (1, 1), (0, 1), (-3, 1)])
def test_a_milestone_sets_its_own_days_but_never_today(days, expected):
    policy = Policy(retry_days={Outcome.NO_ANSWER: days})
    again = decide(Kind.KPB, State.TODO, Outcome.NO_ANSWER, 0, policy)
    assert (again.state, again.retry_days) == (State.TODO, expected)
    assert decide(Kind.KPB, State.TODO, Outcome.UNREACHABLE, 0, policy).retry_days == 2


@pytest.mark.parametrize("outcome", [Outcome.NO_ANSWER, Outcome.UNREACHABLE, Outcome.WRONG_NUMBER])
@pytest.mark.parametrize(
    ("limit", "before", "given_up"),
    [(5, 0, False), (5, 3, False), (5, 4, True), (5, 9, True), (1, 0, True), (2, 0, False)],
)
@pytest.mark.parametrize("kind", Kind)
def test_the_last_unsuccessful_try_gives_up_and_climbs(kind, outcome, limit, before, given_up):
    after = decide(kind, State.TODO, outcome, before, Policy(attempt_limit=limit))
    assert (after.state is State.FAILED) is given_up
    assert (Trigger.ESCALATE_EXHAUSTED in after.triggers) is given_up
    assert after.result == (Result.EXHAUSTED if given_up else None)
    assert after.unsuccessful
    assert (Trigger.DATA_CORRECTION in after.triggers) is (outcome is Outcome.WRONG_NUMBER)


@pytest.mark.parametrize("outcome", [Outcome.NO_ANSWER, Outcome.UNREACHABLE, Outcome.WRONG_NUMBER])
def test_an_unanswered_confirmation_never_takes_the_appointment_away(outcome):
    after = decide(Kind.KPB, State.APPOINTMENT, outcome, DEFAULT_ATTEMPT_LIMIT - 1)
    assert after.state is State.APPOINTMENT
    assert not after.unsuccessful


@pytest.mark.parametrize("outcome", [Outcome.CALL_BACK, Outcome.STNK_NOT_READY, Outcome.WILL_COME])
def test_whoever_was_reached_does_not_use_up_the_limit(outcome):
    after = decide(Kind.STNK, State.TODO, outcome, DEFAULT_ATTEMPT_LIMIT)
    assert after.state in OPEN_STATES
    assert not after.unsuccessful


# places
def test_every_place_has_a_result_and_an_outcome_that_reports_it():
    assert set(PLACE_OF_OUTCOME.values()) == set(RESULT_OF_PLACE)
    for outcome, place in PLACE_OF_OUTCOME.items():
        after = decide(Kind.KPB, State.TODO, outcome)
        assert after.result is RESULT_OF_PLACE[place]
        assert Trigger.VISIT in after.triggers


def test_only_service_outside_the_group_is_evidence_of_loss():
    with_evidence = {
        outcome
        for row in TABLE.values()
        for outcome, transition in row.items()
        if Trigger.LOST_EVIDENCE in transition.triggers
    }
    assert with_evidence == {Outcome.SERVED_ELSEWHERE}


# undo
@pytest.mark.parametrize(
    ("kind", "outcome", "expected"),
    [
        (Kind.KPB, Outcome.NO_ANSWER, True),
        (Kind.KPB, Outcome.WRONG_NUMBER, True),
        (Kind.KPB, Outcome.WILL_COME, True),
        (Kind.KPB, Outcome.CALL_BACK, True),
        (Kind.KPB, Outcome.REFUSED, True),
        (Kind.KPB, Outcome.SERVED_OWN, False),
        (Kind.KPB, Outcome.SERVED_SISTER, False),
        (Kind.REGULAR, Outcome.SERVED_ELSEWHERE, False),
        (Kind.KPB, Outcome.UNIT_SOLD, False),
        (Kind.KPB, Outcome.DO_NOT_CONTACT, False),
        (Kind.STNK, Outcome.PICKED_UP, False),
        (Kind.STNK, Outcome.STNK_NOT_READY, True),
        (Kind.RENEWAL, Outcome.INTERESTED, False),
        (Kind.RENEWAL, Outcome.NOT_INTERESTED, False),
    ],
)
def test_what_stays_within_the_call_can_be_undone(kind, outcome, expected):
    assert can_be_undone(decide(kind, State.TODO, outcome)) is expected


def test_giving_up_can_be_undone():
    assert can_be_undone(decide(Kind.KPB, State.TODO, Outcome.NO_ANSWER, 4))
