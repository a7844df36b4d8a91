"""What the rest of the system relies on: codes, sentences, and silence about what was entered."""

import pytest
from written_numbers import refusal

from rules.identity import (
    SENTENCES,
    Doubt,
    Problem,
    parse_nik,
    parse_phone,
)

WOMAN = "3273014105900001"


def test_every_code_has_its_sentence():
    assert set(SENTENCES) == {*Problem, *Doubt}
    assert all("%(example)s" in SENTENCES[problem] for problem in Problem)


def test_a_refusal_is_a_value_error_with_a_code():
    error = refusal(parse_phone, "nonsense")
    assert isinstance(error, ValueError)
    assert error.code == "phone_characters"
    assert str(error) == SENTENCES[error.code] % error.values


@pytest.mark.parametrize(
    ("parse", "written"),
    [
        (parse_nik, "327301310490777"),
        (parse_nik, "3273013104907777"),
        (parse_nik, "3273013104907777x"),
        (parse_phone, "0812777"),
        (parse_phone, "0812777777777777777777777"),
        (parse_phone, "0812777x"),
    ],
)
def test_no_refusal_repeats_what_was_entered(parse, written):
    error = refusal(parse, written)
    assert "777" not in f"{error!r} {error.values} {error.__cause__!r}"


def test_a_log_of_what_was_understood_tells_nothing():
    assert repr(parse_nik(WOMAN)) == "Nik(sex=<Sex.FEMALE: 'female'>, warnings=())"
    assert repr(parse_phone("08123456789")) == "Phone(mobile=True)"
