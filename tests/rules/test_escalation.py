"""S5: who is asked next, with answers, with silence, with people missing."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.escalation import (
    CHAIN_DEFAULT,
    CHAIN_SISTER,
    Answer,
    Decision,
    Side,
    Skip,
    Station,
    Stop,
    next_raise,
)

SISTER = tuple(Station(key, role, side) for key, (role, side) in enumerate(CHAIN_SISTER, 1))
DEFAULT = tuple(Station(key, role, side) for key, (role, side) in enumerate(CHAIN_DEFAULT, 1))
#: Who fills which role on which side when everybody is there.
PEOPLE = {
    ("pic_crm", Side.OWN): 1,
    ("kacab", Side.OWN): 2,
    ("kacab", Side.SISTER): 3,
    ("kabeng", Side.SISTER): 4,
    ("kabeng", Side.OWN): 5,
}
PASS_ON, SILENT = Answer.PASSED_ON, Answer.SILENT


def who(people):
    """Return the function that finds a station's person among these."""
    return lambda station: people.get((station.role, station.side))


def play(chain, people, answers):
    """Ask along a chain; return the stations asked, who was asked, and the last decision.

    :param answers: what each asked person answers; the last one repeats
    """
    raised, asked, last = {}, [], None
    for step in range(len(chain) + 1):
        decision = next_raise(chain, raised, who(people), last)
        if decision.station is None:
            return raised, asked, decision
        assert decision.station.key not in raised
        raised[decision.station.key] = answers[min(step, len(answers) - 1)]
        last = decision.user
        asked.append(decision.user)
    raise AssertionError("the chain does not end")


@pytest.mark.parametrize("answer", [PASS_ON, SILENT])
@pytest.mark.parametrize(
    ("chain", "expected"),
    [(SISTER, [1, 2, 3, 4, 5, 1]), (DEFAULT, [1, 5, 2, 1])],
)
def test_every_station_in_the_order_of_the_procedure(chain, expected, answer):
    _raised, asked, end = play(chain, PEOPLE, [answer])
    assert asked == expected
    assert end == Decision(stop=Stop.FINISHED)


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ([("kacab", Side.OWN)], [1, 3, 4, 5, 1]),
        ([("kacab", Side.SISTER)], [1, 2, 4, 5, 1]),
        ([("kacab", Side.OWN), ("kacab", Side.SISTER)], [1, 4, 5, 1]),
        ([("pic_crm", Side.OWN)], [2, 3, 4, 5]),
        ([("kacab", Side.SISTER), ("kabeng", Side.SISTER)], [1, 2, 5, 1]),
        ([place for place in PEOPLE if place != ("pic_crm", Side.OWN)], [1]),
        (list(PEOPLE), []),
    ],
)
def test_an_empty_station_is_passed_over(missing, expected):
    people = {place: user for place, user in PEOPLE.items() if place not in missing}
    _raised, asked, end = play(SISTER, people, [SILENT])
    assert asked == expected
    assert end.stop in (Stop.FINISHED, Stop.NOBODY)


def test_what_is_passed_over_is_told_with_its_reason():
    people = {place: user for place, user in PEOPLE.items() if place[0] != "kacab"}
    decision = next_raise(SISTER, {1: PASS_ON}, who(people), 1)
    assert decision.station == SISTER[3]
    assert decision.skipped == ((SISTER[1], Skip.EMPTY), (SISTER[2], Skip.EMPTY))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        # Kacab is PIC CRM as well: asked once
        ({("kacab", Side.OWN): 1}, [1, 3, 4, 5, 1]),
        # Kacab and Kabeng of the sister branch are one person
        ({("kabeng", Side.SISTER): 3}, [1, 2, 3, 5, 1]),
        # the own Kabeng is PIC CRM: the chain ends with him
        ({("kabeng", Side.OWN): 1}, [1, 2, 3, 4, 1]),
        # one person for all
        (dict.fromkeys(PEOPLE, 9), [9]),
    ],
)
def test_nobody_is_asked_twice_in_a_row(change, expected):
    _raised, asked, _end = play(SISTER, PEOPLE | change, [PASS_ON])
    assert asked == expected


@pytest.mark.parametrize(
    ("answers", "stop"),
    [
        ({1: Answer.OPEN}, Stop.WAITING),
        ({1: PASS_ON, 2: Answer.OPEN}, Stop.WAITING),
        ({1: Answer.RESOLVED}, Stop.RESOLVED),
        ({1: SILENT, 2: Answer.RESOLVED}, Stop.RESOLVED),
        ({1: PASS_ON, 6: Answer.CONCLUDED}, Stop.FINISHED),
    ],
)
def test_when_nothing_is_raised(answers, stop):
    assert next_raise(SISTER, answers, who(PEOPLE)) == Decision(stop=stop)


def test_a_chain_without_stations_is_finished():
    assert next_raise((), {}, who(PEOPLE)) == Decision(stop=Stop.FINISHED)


def test_who_comes_later_is_asked_for_the_stations_that_are_left_only():
    """A station that was empty when its turn came is not gone back to."""
    assert next_raise(SISTER, {1: SILENT, 4: SILENT}, who(PEOPLE), 4).station == SISTER[4]


ROLES = st.sampled_from(["pic_crm", "kacab", "kabeng", "admin_crm_h2"])
CHAINS = st.lists(st.tuples(ROLES, st.sampled_from(list(Side))), max_size=8).map(
    lambda places: tuple(Station(key, *place) for key, place in enumerate(places, 1))
)
PEOPLES = st.dictionaries(
    st.tuples(ROLES, st.sampled_from(list(Side))), st.integers(1, 4), max_size=8
)
ANSWERS = st.lists(st.sampled_from([PASS_ON, SILENT, Answer.RESOLVED]), min_size=1, max_size=8)


@given(CHAINS, PEOPLES, ANSWERS)
def test_every_chain_ends_and_asks_no_station_twice(chain, people, answers):
    raised, asked, end = play(chain, people, answers)
    assert end.stop in (Stop.FINISHED, Stop.NOBODY, Stop.RESOLVED)
    assert list(raised) == sorted(raised), "never back"
    assert all(first != second for first, second in pairwise(asked))
    assert (Answer.RESOLVED in raised.values()) == (end.stop == Stop.RESOLVED)


@given(CHAINS, PEOPLES, ANSWERS)
def test_every_station_is_asked_or_named_with_its_reason(chain, people, answers):
    raised, seen, last = {}, set(), None
    for step in range(len(chain) + 1):
        decision = next_raise(chain, raised, who(people), last)
        seen |= {station.key for station, _why in decision.skipped}
        if decision.station is None:
            break
        seen.add(decision.station.key)
        raised[decision.station.key] = answers[min(step, len(answers) - 1)]
        last = decision.user
    if decision.stop != Stop.RESOLVED:
        assert seen == {station.key for station in chain}
