"""How people and spreadsheets write numbers: what the tests of NIK and phone share."""

import os

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from rules.identity import IdentityRefused

thorough = settings(
    max_examples=10_000 if os.environ.get("KPB_LONG") == "1" else 300, deadline=None
)

FULL_WIDTH = str.maketrans("0123456789+", "０１２３４５６７８９＋")
blanks = st.sampled_from(["", " ", ".", "-", "–", "\u00a0", "\u200b", "  "])
anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.text()
    | st.text("0123456789+-. ()eE,/", max_size=24)
)


def refusal(parse, *args):
    """Return the error with which an entry is refused."""
    with pytest.raises(IdentityRefused) as caught:
        parse(*args)
    return caught.value
