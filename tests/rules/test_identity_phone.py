"""Phone numbers as people and spreadsheets write them."""

import re
from datetime import date

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from written_numbers import FULL_WIDTH, anything, blanks, refusal, thorough

from rules.identity import (
    PHONE_EXAMPLE,
    IdentityRefused,
    Phone,
    Problem,
    parse_phone,
)

SIX_WAYS = [
    "0812-3456-789",
    "08123456789",
    "+62 812-3456-789",
    "628123456789",
    "8123456789",
    "+6208123456789",
]


@pytest.mark.parametrize(
    "written",
    [
        *SIX_WAYS,
        PHONE_EXAMPLE,
        "0812 3456 789",
        "0812.3456.789",
        "(0812) 3456789",
        "+62 (0)812 3456 789",
        "+62 812 3456 789",
        "62 812 3456 789",
        "6208123456789",
        "0062 812 3456 789",
        "'08123456789",
        "'+628123456789",
        "\u202a+62 812‑3456‑789\u202c",
        "0812–3456–789",
        "\t08123456789 ",
        "08123456789".translate(FULL_WIDTH),
        "+628123456789".translate(FULL_WIDTH),
        8123456789,
        8123456789.0,
        628123456789,
        628123456789.0,
        "8123456789.0",
        "8.123.456.789",
    ],
)
def test_a_mobile_number_is_understood_however_it_is_written(written):
    found = parse_phone(written)
    assert found == Phone("+628123456789", mobile=True)
    assert found.display() == "0812-3456-789"
    assert found.whatsapp_number() == "628123456789"


@pytest.mark.parametrize(
    ("e164", "display", "written"),
    [
        ("+62811123456", "0811-123-456", "0811123456"),
        ("+62811123456", "0811-123-456", "62811123456"),
        ("+62811123456", "0811-123-456", "811123456"),
        ("+6285712345678", "0857-1234-5678", "0857 1234 5678"),
        ("+62831234567890", "0831-2345-67890", "0831234567890"),
        ("+62831234567890", "0831-2345-67890", "62831234567890"),
        ("+6289512345678", "0895-1234-5678", "89512345678"),
    ],
)
def test_mobile_numbers_of_ten_to_thirteen_digits(e164, display, written):
    found = parse_phone(written)
    assert (found.e164, found.display(), found.mobile) == (e164, display, True)


@pytest.mark.parametrize(
    ("e164", "display", "written"),
    [
        ("+62215551234", "(021) 5551234", "021-5551234"),
        ("+62215551234", "(021) 5551234", "(021) 555 1234"),
        ("+62215551234", "(021) 5551234", "62215551234"),
        ("+62215551234", "(021) 5551234", "215551234"),
        ("+622155512345", "(021) 55512345", "+62 21 5551 2345"),
        ("+62222501234", "(022) 2501234", "022 2501234"),
        ("+62622123456", "(0622) 123456", "0622-123456"),
        ("+62622123456", "(0622) 123456", "622123456"),
    ],
)
def test_a_landline_is_a_phone_without_whatsapp(e164, display, written):
    found = parse_phone(written)
    assert (found.e164, found.display()) == (e164, display)
    assert found.whatsapp_number() is None


def test_a_number_from_abroad_keeps_its_country():
    found = parse_phone("+60 12-345 6789")
    assert found == Phone("+60123456789", mobile=True)
    assert found.display() == "+60 12-345 6789"
    assert found.whatsapp_number() == "60123456789"


@pytest.mark.parametrize(
    ("expected", "written"),
    [
        (Problem.PHONE_MISSING, None),
        (Problem.PHONE_MISSING, False),
        (Problem.PHONE_MISSING, ""),
        (Problem.PHONE_MISSING, " - "),
        (Problem.PHONE_ROUNDED, "8.12346E+09"),
        (Problem.PHONE_ROUNDED, "6,28123E+11"),
        (Problem.PHONE_CHARACTERS, "tidak ada"),
        (Problem.PHONE_CHARACTERS, "HP 08123456789"),
        (Problem.PHONE_CHARACTERS, "0812-3456-789 / 0813-4567-890"),
        (Problem.PHONE_CHARACTERS, "08123456789, 08134567890"),
        (Problem.PHONE_CHARACTERS, "0812345678x"),
        (Problem.PHONE_CHARACTERS, "08123+456789"),
        (Problem.PHONE_CHARACTERS, "+"),
        (Problem.PHONE_CHARACTERS, "++628123456789"),
        (Problem.PHONE_CHARACTERS, "٠٨١٢٣٤٥٦٧٨٩"),
        (Problem.PHONE_CHARACTERS, -8123456789),
        (Problem.PHONE_CHARACTERS, 0),
        (Problem.PHONE_CHARACTERS, 8123456789.5),
        (Problem.PHONE_CHARACTERS, float("nan")),
        (Problem.PHONE_CHARACTERS, True),
        (Problem.PHONE_CHARACTERS, date(2026, 1, 1)),
        (Problem.PHONE_SHORT, "0"),
        (Problem.PHONE_SHORT, "0812"),
        (Problem.PHONE_SHORT, "0812 3456"),
        (Problem.PHONE_SHORT, "+62 812"),
        (Problem.PHONE_SHORT, "112"),
        (Problem.PHONE_LONG, "0812 3456 7890 12"),
        (Problem.PHONE_LONG, "08123456789 08134567890"),
        (Problem.PHONE_LONG, 8.12e30),
        (Problem.PHONE_UNKNOWN, "0000000000"),
        (Problem.PHONE_UNKNOWN, "0841234567"),
        (Problem.PHONE_UNKNOWN, "+999 812 3456 789"),
        (Problem.PHONE_UNKNOWN, "+0812 3456 789"),
        # Hotlines and free numbers answer, but not the customer.
        (Problem.PHONE_UNKNOWN, "0800 123 456"),
    ],
)
def test_what_is_no_phone_number_is_refused_by_its_case(expected, written):
    error = refusal(parse_phone, written)
    assert error.code is expected
    assert PHONE_EXAMPLE in str(error)


mobiles = st.from_regex(r"8(1[1-9]|[235-9][1-9])[0-9]{6,9}", fullmatch=True)
styles = st.sampled_from(["0{}", "+62{}", "62{}", "{}", "+620{}", "620{}", "0062{}"])


@thorough
@given(national=mobiles, style=styles, wide=st.booleans(), gap=blanks, at=st.integers(1, 9))
@example(national="8110000000", style="{}", wide=False, gap=".", at=8)
def test_every_way_of_writing_gives_the_same_number(national, style, wide, gap, at):
    written = style.format(national)
    written = written[:at] + gap + written[at:]
    assume(not written.endswith(".0"))  # that is how a spreadsheet writes a whole number
    found = parse_phone(written.translate(FULL_WIDTH) if wide else written)
    assert found == Phone(f"+62{national}", mobile=True)


@thorough
@given(national=mobiles)
def test_what_is_shown_can_be_entered_again(national):
    found = parse_phone(f"0{national}")
    assert parse_phone(found.e164) == found
    assert parse_phone(found.display()) == found
    assert parse_phone(found.whatsapp_number()) == found
    assert parse_phone(int(national)) == parse_phone(float(national)) == found
    assert re.sub(r"\D", "", found.display()) == f"0{national}"


@thorough
@given(value=anything)
def test_any_entry_is_a_phone_or_refused(value):
    try:
        found = parse_phone(value)
    except IdentityRefused:
        return
    assert re.fullmatch(r"\+[1-9][0-9]{6,14}", found.e164)
    assert parse_phone(found.e164) == found
    assert parse_phone(found.display()) == found
