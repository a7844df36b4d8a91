"""NIK and phone numbers as people and spreadsheets write them."""

import os
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.identity import (
    NIK_EXAMPLE,
    PHONE_EXAMPLE,
    PROVINCES,
    SENTENCES,
    Doubt,
    IdentityRefused,
    Phone,
    Problem,
    Sex,
    mask_nik,
    parse_nik,
    parse_phone,
)

thorough = settings(
    max_examples=10_000 if os.environ.get("KPB_LONG") == "1" else 300, deadline=None
)

WOMAN = "3273014105900001"
MAN = "3273010105900001"
FULL_WIDTH = str.maketrans("0123456789+", "０１２３４５６７８９＋")


def refusal(parse, *args):
    """Return the error with which an entry is refused."""
    with pytest.raises(IdentityRefused) as caught:
        parse(*args)
    return caught.value


# --- NIK ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "3273014105900001",
        "  3273014105900001\n",
        "3273 0141 0590 0001",
        "3273.0141.0590.0001",
        "327301-410590-0001",
        "327301–410590—0001",
        "327301−410590‑0001",
        "3273\u00a00141\u20090590\t0001",
        "'3273014105900001",
        "\u202a3273014105900001\u202c",
        "3273\u200b014105900001",
        "3273014105900001".translate(FULL_WIDTH),
        NIK_EXAMPLE,
    ],
)
def test_a_nik_is_understood_however_it_is_written(written):
    found = parse_nik(written)
    assert found.nik == WOMAN
    assert found.sex is Sex.FEMALE
    assert found.birth_dates == (date(1990, 5, 1), date(2090, 5, 1))
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("expected", "written"),
    [
        (Problem.NIK_MISSING, None),
        (Problem.NIK_MISSING, False),
        (Problem.NIK_MISSING, ""),
        (Problem.NIK_MISSING, " - "),
        (Problem.NIK_NUMERIC, 3273014105900001),
        (Problem.NIK_NUMERIC, 3.273014105900001e15),
        (Problem.NIK_NUMERIC, 0),
        (Problem.NIK_NUMERIC, "3.27301E+15"),
        (Problem.NIK_NUMERIC, "3,27301E+15"),
        (Problem.NIK_NUMERIC, "3.27301410590000e15"),
        (Problem.NIK_NUMERIC, "3E+15"),
        (Problem.NIK_NUMERIC, "3273014105900000.0"),
        (Problem.NIK_NUMERIC, "3273014105900000,00"),
        (Problem.NIK_FIFTEEN, "327301410590000"),
        (Problem.NIK_FIFTEEN, "327301 410590 000"),
        (Problem.NIK_LENGTH, "32730141059001"),
        (Problem.NIK_LENGTH, "32730141059000011"),
        (Problem.NIK_LENGTH, "1"),
        (Problem.NIK_CHARACTERS, "NIK 3273014105900001"),
        (Problem.NIK_CHARACTERS, "3273O141059OOOO1"),
        (Problem.NIK_CHARACTERS, "3273014105900001/3273010105900001"),
        (Problem.NIK_CHARACTERS, "٣٢٧٣٠١٤١٠٥٩٠٠٠٠١"),
        (Problem.NIK_CHARACTERS, "tidak ada"),
        (Problem.NIK_FILLER, "1111111111111111"),
        (Problem.NIK_FILLER, "0000000000000000"),
        (Problem.NIK_DATE, "3273010005900001"),
        (Problem.NIK_DATE, "3273014005900001"),
        (Problem.NIK_DATE, "3273013205900001"),
        (Problem.NIK_DATE, "3273017205900001"),
        (Problem.NIK_DATE, "3273010113900001"),
        (Problem.NIK_DATE, "3273010100900001"),
        (Problem.NIK_DATE, "3273013104900001"),
        (Problem.NIK_DATE, "3273012902900001"),
        (Problem.NIK_DATE, "1234567890123456"),
    ],
)
def test_what_is_no_nik_is_refused_by_its_case(expected, written):
    error = refusal(parse_nik, written)
    assert error.code is expected
    assert NIK_EXAMPLE in str(error)


def test_the_sentence_says_how_many_digits_there_are():
    error = refusal(parse_nik, "12345678901234")
    assert error.values["count"] == 14
    assert str(error) == "A NIK has 16 digits, this one has 14: right is 3273 0141 0590 0001."


@pytest.mark.parametrize("written", [3273014105900001, "327301410590000"])
def test_a_spreadsheets_loss_is_called_by_its_name(written):
    message = str(refusal(parse_nik, written))
    assert re.search(r"spreadsheet .*15 digits|15 digits: a spreadsheet", message)
    assert "as text" in message


@pytest.mark.parametrize(
    ("births", "sex", "ddmmyy"),
    [
        ((date(1990, 5, 1), date(2090, 5, 1)), Sex.MALE, "010590"),
        ((date(1990, 5, 1), date(2090, 5, 1)), Sex.FEMALE, "410590"),
        ((date(1985, 12, 31), date(2085, 12, 31)), Sex.MALE, "311285"),
        ((date(1985, 12, 31), date(2085, 12, 31)), Sex.FEMALE, "711285"),
        ((date(1996, 2, 29), date(2096, 2, 29)), Sex.FEMALE, "690296"),
        # 1900 was no leap year, 2000 was.
        ((date(2000, 2, 29),), Sex.MALE, "290200"),
        ((date(1905, 7, 17), date(2005, 7, 17)), Sex.MALE, "170705"),
    ],
)
def test_the_birth_date_and_the_sex_of_a_nik(births, sex, ddmmyy):
    found = parse_nik(f"327301{ddmmyy}0001")
    assert (found.birth_dates, found.sex) == (births, sex)


@pytest.mark.parametrize(
    ("expected", "as_of"),
    [
        ((date(1905, 7, 17),), date(2005, 7, 16)),
        ((date(1905, 7, 17), date(2005, 7, 17)), date(2005, 7, 17)),
    ],
)
def test_nobody_is_born_after_today(expected, as_of):
    assert parse_nik("3273011707050001", as_of=as_of).birth_dates == expected


def test_a_birth_date_that_is_still_to_come_is_no_date():
    error = refusal(parse_nik, "3273012902000001", None, date(1999, 1, 1))
    assert error.code is Problem.NIK_DATE


@pytest.mark.parametrize(
    ("expected", "written", "birth_date"),
    [
        ((), WOMAN, date(1990, 5, 1)),
        ((), WOMAN, date(2090, 5, 1)),
        ((), WOMAN, None),
        ((Doubt.NIK_BIRTH_DATE,), WOMAN, date(1990, 5, 2)),
        ((Doubt.NIK_BIRTH_DATE,), WOMAN, date(1991, 5, 1)),
        ((Doubt.NIK_PROVINCE,), "5473014105900001", None),
        ((Doubt.NIK_PROVINCE, Doubt.NIK_BIRTH_DATE), "0073014105900001", date(1980, 1, 1)),
    ],
)
def test_what_looks_wrong_is_a_warning_and_no_error(expected, written, birth_date):
    assert parse_nik(written, birth_date).warnings == expected


@pytest.mark.parametrize("province", ["65", "92", "93", "94", "95", "96"])
def test_the_youngest_provinces_are_known(province):
    assert parse_nik(f"{province}73014105900001").warnings == ()


def test_there_are_thirty_eight_provinces():
    assert len(PROVINCES) == 38


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ("************0001", WOMAN),
        ("************0001", "3273 0141 0590 0001"),
        ("****************", "327301410590000"),
        ("****************", "not a NIK"),
        ("****************", 3273014105900001),
        ("****************", ""),
        ("****************", None),
    ],
)
def test_a_log_shows_four_digits_at_most(expected, value):
    assert mask_nik(value) == expected


niks = st.builds(
    "{}{:04d}{:02d}{:%m%y}{:04d}".format,
    st.sampled_from(sorted(PROVINCES)),
    st.integers(1, 9_999),
    st.integers(1, 28).flatmap(lambda day: st.sampled_from([day, day + 40])),
    st.dates(date(1930, 1, 1), date(2025, 12, 31)),
    st.integers(1, 9_999),
)
blanks = st.sampled_from(["", " ", ".", "-", "–", "\u00a0", "\u200b", "  "])


@thorough
@given(nik=niks, gaps=st.lists(blanks, min_size=16, max_size=16), wide=st.booleans())
def test_blanks_and_width_never_change_a_nik(nik, gaps, wide):
    digits = nik.translate(FULL_WIDTH) if wide else nik
    written = "".join(digit + gap for digit, gap in zip(digits, gaps, strict=True))
    assert parse_nik(written) == parse_nik(nik)


@thorough
@given(birth=st.dates(date(1930, 1, 1), date(2029, 12, 31)), woman=st.booleans())
def test_every_birth_date_agrees_with_its_own_nik(birth, woman):
    day = birth.day + (40 if woman else 0)
    found = parse_nik(f"327301{day:02d}{birth:%m%y}0001", birth)
    assert birth in found.birth_dates
    assert found.sex is (Sex.FEMALE if woman else Sex.MALE)
    assert found.warnings == ()


anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.text()
    | st.text("0123456789+-. ()eE,/", max_size=24)
)


@thorough
@given(value=anything)
def test_any_entry_is_a_nik_or_refused(value):
    assert re.fullmatch(r"\*{12}([0-9]{4}|\*{4})", mask_nik(value))
    try:
        found = parse_nik(value)
    except IdentityRefused:
        return
    assert re.fullmatch(r"[0-9]{16}", found.nik)
    assert parse_nik(found.nik) == found


# --- phone -------------------------------------------------------------------------------------

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
def test_every_way_of_writing_gives_the_same_number(national, style, wide, gap, at):
    written = style.format(national)
    written = written[:at] + gap + written[at:]
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


# --- what the rest of the system relies on -----------------------------------------------------


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
