"""The buttons of the call's screen."""

from itertools import product

import pytest

from rules.call_buttons import MORE, buttons
from rules.outcomes import OPEN_STATES, Outcome, State, fitting
from rules.schedule import Kind

OPEN_CALLS = list(product(Kind, OPEN_STATES))


@pytest.mark.parametrize(("kind", "state"), OPEN_CALLS)
def test_every_fitting_answer_has_one_place(kind, state):
    row = buttons(kind, state)
    offered = [outcome for button in row for outcome in button.outcomes]
    assert sorted(offered) == sorted(fitting(kind, state))
    assert len({button.name for button in row}) == len(row) <= 9


@pytest.mark.parametrize(("kind", "state"), OPEN_CALLS)
def test_the_hand_learns_the_keys_once(kind, state):
    row = buttons(kind, state)
    assert row[1].name == Outcome.NO_ANSWER
    assert row[2].name == Outcome.CALL_BACK
    assert row[5].name == MORE


def test_kpb():
    assert [button.name for button in buttons(Kind.KPB, State.TODO)] == [
        "will_come",
        "no_answer",
        "call_back",
        "served",
        "refused",
        "more",
    ]


def test_a_closed_call_has_none():
    assert buttons(Kind.KPB, State.DONE) == ()
