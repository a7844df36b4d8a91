"""Every wish not to be called is honoured for what it says, and for nothing else."""

from itertools import chain, combinations

import pytest

from rules.contact import PURPOSE_OF_KIND, Refused, refuses
from rules.schedule import Kind

WISHES = [
    frozenset(wish)
    for wish in chain.from_iterable(combinations(Refused, size) for size in range(4))
]
#: kind → single wishes that forbid its calls
FORBIDS = {
    Kind.STNK: {Refused.EVERYTHING},
    Kind.KPB: {Refused.EVERYTHING, Refused.SERVICE},
    Kind.REGULAR: {Refused.EVERYTHING, Refused.SERVICE},
    Kind.RENEWAL: {Refused.EVERYTHING, Refused.OFFERS},
}


def test_every_kind_of_call_has_its_purpose():
    assert set(PURPOSE_OF_KIND) == set(Kind)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: "+".join(sorted(wish)) or "nothing")
def test_wishes_and_kinds(wish, kind):
    assert refuses(wish, kind) is bool(wish & FORBIDS[kind])
