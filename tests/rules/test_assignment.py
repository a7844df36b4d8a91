"""Who makes the call: the salesperson, the least loaded, the parent branch, the stand-ins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.assignment import KACAB, PIC_CRM, SALESFORCE, Assignee, assign, stations

ADMIN = "admin_crm_h2"
BRANCH, REGION, HEAD = 10, 20, 30
LINEAGE = (BRANCH, REGION, HEAD)

ANNA, BUDI, CITRA, DEWI = 1, 2, 3, 4


def among(roster):
    """Return the members function of a {(role, branch): users} table."""
    return lambda role, branch: roster.get((role, branch), ())


def test_the_order_in_which_a_person_is_looked_for():
    assert list(stations(ADMIN, LINEAGE)) == [
        (ADMIN, BRANCH),
        (ADMIN, REGION),
        (ADMIN, HEAD),
        (PIC_CRM, BRANCH),
        (PIC_CRM, REGION),
        (PIC_CRM, HEAD),
        (KACAB, BRANCH),
        (KACAB, REGION),
        (KACAB, HEAD),
    ]


@pytest.mark.parametrize(
    ("expected", "role"), [((PIC_CRM, KACAB), PIC_CRM), ((KACAB, PIC_CRM), KACAB)]
)
def test_a_stand_in_is_not_asked_twice_for_a_call_of_its_own(expected, role):
    assert tuple(wanted for wanted, _ in stations(role, (BRANCH,))) == expected


@pytest.mark.parametrize(
    ("expected", "role", "roster", "load", "salesperson"),
    [
        pytest.param(
            Assignee(BUDI, SALESFORCE, BRANCH),
            SALESFORCE,
            {(SALESFORCE, BRANCH): [ANNA, BUDI]},
            {BUDI: 500},
            BUDI,
            id="the customer's own salesperson, however busy",
        ),
        pytest.param(
            Assignee(ANNA, SALESFORCE, BRANCH),
            SALESFORCE,
            {(SALESFORCE, BRANCH): [ANNA, CITRA]},
            {},
            BUDI,
            id="a salesperson who left is replaced",
        ),
        pytest.param(
            Assignee(ANNA, SALESFORCE, BRANCH),
            SALESFORCE,
            {(SALESFORCE, BRANCH): [ANNA], (SALESFORCE, REGION): [BUDI]},
            {},
            BUDI,
            id="a salesperson who moved to another branch is replaced",
        ),
        pytest.param(
            Assignee(CITRA, ADMIN, BRANCH),
            ADMIN,
            {(ADMIN, BRANCH): [CITRA], (SALESFORCE, BRANCH): [BUDI]},
            {},
            BUDI,
            id="the salesperson has no part in calls of another role",
        ),
        pytest.param(
            Assignee(BUDI, ADMIN, BRANCH),
            ADMIN,
            {(ADMIN, BRANCH): [ANNA, BUDI, CITRA]},
            {ANNA: 3, BUDI: 2, CITRA: 2},
            None,
            id="the least loaded, the lowest id among equals",
        ),
        pytest.param(
            Assignee(CITRA, ADMIN, BRANCH),
            ADMIN,
            {(ADMIN, BRANCH): [ANNA, CITRA]},
            {ANNA: 1},
            None,
            id="somebody without any call yet",
        ),
        pytest.param(
            Assignee(ANNA, ADMIN, BRANCH),
            ADMIN,
            {(ADMIN, BRANCH): [ANNA], (ADMIN, REGION): [BUDI]},
            {ANNA: 100},
            None,
            id="the branch before its parent, however busy",
        ),
        pytest.param(
            Assignee(BUDI, ADMIN, REGION),
            ADMIN,
            {(ADMIN, REGION): [BUDI], (PIC_CRM, BRANCH): [ANNA]},
            {},
            None,
            id="the role in the parent before a stand-in in the branch",
        ),
        pytest.param(
            Assignee(DEWI, ADMIN, HEAD),
            ADMIN,
            {(ADMIN, HEAD): [DEWI], (KACAB, BRANCH): [ANNA]},
            {},
            None,
            id="up to head office",
        ),
        pytest.param(
            Assignee(CITRA, PIC_CRM, REGION),
            ADMIN,
            {(PIC_CRM, REGION): [CITRA], (KACAB, BRANCH): [ANNA]},
            {},
            None,
            id="PIC CRM before Kacab",
        ),
        pytest.param(
            Assignee(ANNA, KACAB, BRANCH),
            SALESFORCE,
            {(KACAB, BRANCH): [ANNA], (KACAB, HEAD): [BUDI]},
            {},
            BUDI,
            id="Kacab last, the nearest first",
        ),
        pytest.param(None, ADMIN, {}, {}, None, id="nobody at all"),
        pytest.param(
            None, ADMIN, {("kabeng", BRANCH): [ANNA]}, {}, None, id="no other role is pressed"
        ),
    ],
)
def test_who_takes_the_call(expected, role, roster, load, salesperson):
    assert assign(role, LINEAGE, among(roster), load, salesperson) == expected
    assert assign(role, iter(LINEAGE), among(roster), load, salesperson) == expected


@pytest.mark.parametrize("salesperson", [None, BUDI])
def test_without_a_branch_there_is_nobody(salesperson):
    assert assign(SALESFORCE, (), among({(SALESFORCE, BRANCH): [BUDI]}), {}, salesperson) is None


ROLES = (SALESFORCE, ADMIN, PIC_CRM, KACAB, "kabeng")
rosters = st.dictionaries(
    st.tuples(st.sampled_from(ROLES), st.sampled_from(LINEAGE)), st.sets(st.integers(1, 9))
)


@given(
    role=st.sampled_from(ROLES),
    roster=rosters,
    load=st.dictionaries(st.integers(1, 9), st.integers(0, 5)),
    salesperson=st.none() | st.integers(1, 9),
)
def test_the_call_goes_to_a_member_at_the_first_manned_station(role, roster, load, salesperson):
    found = assign(role, LINEAGE, among(roster), load, salesperson)
    manned = [station for station in stations(role, LINEAGE) if roster.get(station)]
    if not manned:
        assert found is None
        return
    assert (found.role, found.branch) == manned[0]
    assert found.user in roster[manned[0]]
    if found.user != salesperson:
        assert load.get(found.user, 0) == min(load.get(user, 0) for user in roster[manned[0]])


@given(calls=st.integers(1, 60), staff=st.sets(st.integers(1, 9), min_size=1))
def test_calls_given_out_one_after_another_are_spread_evenly(calls, staff):
    load = {}
    for _ in range(calls):
        user = assign(ADMIN, LINEAGE, among({(ADMIN, BRANCH): staff}), load).user
        load[user] = load.get(user, 0) + 1
    shares = [load.get(user, 0) for user in staff]
    assert max(shares) - min(shares) <= 1
