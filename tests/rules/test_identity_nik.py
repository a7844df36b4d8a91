"""NIK as people and spreadsheets write them."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_numbers import FULL_WIDTH, anything, blanks, refusal, thorough

from rules.identity import (
    NIK_EXAMPLE,
    PROVINCES,
    Doubt,
    IdentityRefused,
    Problem,
    Sex,
    mask_nik,
    parse_nik,
)

WOMAN = "3273014105900001"


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
