"""What a line of the dealer system's export says, however it was typed or saved."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import dms, identity
from rules.dms import Column, Trouble

AS_OF = date(2026, 7, 1)
SECRET = b"of this installation"
LINE = {
    Column.CHASSIS: "MH1JFB111TK900001",
    Column.ENGINE: "JFB1E1900001",
    Column.PLATE: "D 4512 AB",
    Column.NAME: "Siti Aminah",
    Column.PHONE: "0812-3456-789",
    Column.STREET: "Jl. Cihampelas No. 1",
    Column.CITY: "Kota Bandung",
    Column.NIK: "3273014105900001",
    Column.BIRTH_PLACE: "Bandung",
    Column.BIRTH_DATE: "01/05/1990",
    Column.PRODUCT: "Vario 125",
    Column.PURCHASE_DATE: "10/03/2025",
    Column.BRANCH: "CHP",
    Column.SALES: "Rizky Pratama",
    Column.STNK: "Proses",
}


def read(**cells):
    """Read a line in which everything is right but the named cells."""
    changed = {Column[name.upper()]: text for name, text in cells.items()}
    return dms.read_line(LINE | changed, AS_OF)


# titles


def test_the_dealer_systems_own_titles():
    assert dms.find_columns(dms.TITLES.values()) == {
        column: place for place, column in enumerate(Column)
    }


@pytest.mark.parametrize(
    ("column", "title"),
    [
        (Column.CHASSIS, "NO. RANGKA"),
        (Column.CHASSIS, "noka"),
        (Column.ENGINE, " Nosin "),
        (Column.PLATE, "Nopol"),
        (Column.NAME, "Nama Pelanggan"),
        (Column.PHONE, "No. Telp."),
        (Column.PHONE, "No_HP"),
        (Column.CITY, "Kota/Kabupaten"),
        (Column.NIK, "NIK"),
        (Column.BIRTH_DATE, "Tanggal Lahir"),
        (Column.PRODUCT, "tipe motor"),
        (Column.PURCHASE_DATE, "Tanggal Pembelian"),
        (Column.PURCHASE_DATE, "purchase_date"),
        (Column.BRANCH, "CABANG"),
        (Column.SALES, "Nama Sales"),
        (Column.STNK, "STNK"),
    ],
)
def test_other_words_for_a_title(column, title):
    assert dms.find_columns(["Nomor urut", title]) == {column: 1}


def test_no_word_stands_for_two_columns():
    words = [(word, column) for column, text in dms.SYNONYMS.items() for word in text.split()]
    assert len({word for word, _column in words}) == len(words)


def test_missing_columns():
    assert dms.missing_columns(dms.find_columns(["No Rangka", "Nama"])) == [
        Column.ENGINE,
        Column.PURCHASE_DATE,
        Column.BRANCH,
    ]


# cells


@pytest.mark.parametrize(
    ("text", "column", "cell"),
    [
        ("", Column.NAME, None),
        ("", Column.NAME, True),
        ("Siti Aminah", Column.NAME, "  Siti\u00a0\tAminah\r\n"),
        ("Siti", Column.NAME, "\u202eSi\u200bti\0"),
        ("2025-03-10", Column.PURCHASE_DATE, datetime(2025, 3, 10, 13, 5)),
        ("2025-03-10", Column.PURCHASE_DATE, date(2025, 3, 10)),
        ("8123456789", Column.PHONE, 8123456789),
        ("8123456789", Column.PHONE, 8123456789.0),
        ("1.5", Column.NAME, 1.5),
        ("3.27E+15", Column.NIK, 3273014105900001),
        ("3.27E+15", Column.NIK, 3273014105900001.0),
        ("3273014105900001", Column.NIK, "3273014105900001"),
    ],
)
def test_cell_text(text, column, cell):
    assert dms.cell_text(column, cell) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2025, 3, 10), "10/03/2025"),
        (date(2025, 3, 1), "1/3/2025"),
        (date(2025, 3, 10), "10-03-2025"),
        (date(2025, 3, 10), "10.03.2025"),
        (date(2025, 3, 10), "2025-03-10"),
        (date(2025, 3, 10), "2025-03-10 00:00:00"),
        (date(2025, 3, 10), "2025-03-10T07:00:00Z"),
        (date(2025, 3, 10), "'10/03/2025"),
        (date(2025, 3, 10), "45726"),
        (date(2024, 2, 29), "29/02/2024"),
    ],
)
def test_dates(day, text):
    assert dms.parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    ["29/02/2025", "10/03/25", "31/04/2025", "kemarin", "20250310", "0/0/0000", "10/13/2025"],
)
def test_no_dates(text):
    with pytest.raises(dms.NotUnderstood):
        dms.parse_date(text)


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("in_process", "Proses"),
        ("in_process", "DALAM PROSES"),
        ("ready", "Siap"),
        ("collected", "Diambil"),
        ("collected", "Sudah Diambil"),
        ("ready", "ready"),
    ],
)
def test_stnk_words(state, text):
    assert dms.parse_stnk(text) == state


@pytest.mark.parametrize("text", ["d4512ab", "D 4512 AB", "D-4512-AB", "D4512 AB"])
def test_plates(text):
    assert dms.clean_plate(text) == "D 4512 AB"


# lines


def test_a_line_in_which_everything_is_right():
    reading = read()
    assert (reading.rejections, reading.notes) == ((), ())
    assert reading.values == LINE | {
        Column.PHONE: "+628123456789",
        Column.BIRTH_DATE: date(1990, 5, 1),
        Column.PURCHASE_DATE: date(2025, 3, 10),
        Column.STNK: "in_process",
    }


@pytest.mark.parametrize(
    ("code", "column", "text"),
    [
        *((Trouble.MISSING, column, text) for column in dms.MANDATORY for text in ("", "-", "N/A")),
        (Trouble.CHARACTERS, Column.CHASSIS, "??!!"),
        (Trouble.CHARACTERS, Column.ENGINE, "mesin lama é"),
        (Trouble.CHARACTERS, Column.NAME, "12345"),
        (Trouble.TOO_LONG, Column.NAME, "A" * 129),
        (Trouble.FORMULA, Column.NAME, "=+"),
        (Trouble.DATE_UNREADABLE, Column.PURCHASE_DATE, "kapan"),
        (Trouble.DATE_FUTURE, Column.PURCHASE_DATE, "02/07/2026"),
        (Trouble.DATE_TOO_EARLY, Column.PURCHASE_DATE, "31/12/1999"),
    ],
)
def test_rejections(code, column, text):
    (finding,) = read(**{column.name: text}).rejections
    assert (finding.code, finding.column) == (code, column)


@pytest.mark.parametrize(
    ("code", "column", "text"),
    [
        (identity.Problem.PHONE_SHORT, Column.PHONE, "0812"),
        (identity.Problem.NIK_LENGTH, Column.NIK, "32730141"),
        (identity.Problem.NIK_NUMERIC, Column.NIK, "3.27E+15"),
        (identity.Problem.NIK_FIFTEEN, Column.NIK, "327301410590000"),
        (Trouble.DATE_UNREADABLE, Column.BIRTH_DATE, "1 Mei 1990"),
        (Trouble.DATE_FUTURE, Column.BIRTH_DATE, "01/01/2027"),
        (Trouble.DATE_TOO_EARLY, Column.BIRTH_DATE, "01/01/1890"),
        (Trouble.STNK_UNKNOWN, Column.STNK, "hilang"),
        (Trouble.TOO_LONG, Column.STREET, "A" * 256),
    ],
)
def test_what_costs_only_its_cell(code, column, text):
    reading = read(**{column.name: text})
    assert reading.rejections == ()
    assert [(note.code, note.column) for note in reading.notes] == [(code, column)]
    assert column not in reading.values


def test_a_nik_that_disagrees_is_taken_with_a_note():
    reading = read(birth_date="02/05/1990")
    assert [note.code for note in reading.notes] == [identity.Doubt.NIK_BIRTH_DATE]
    assert Column.NIK in reading.values


@pytest.mark.parametrize(
    ("kept", "text"),
    [
        ("1+1", "=1+1"),
        ("cmd|'/c calc'!A0", "=cmd|'/c calc'!A0"),
        ("SUM(1)", "@SUM(1)"),
        ("1", "'=+-1"),
    ],
)
def test_formulas_lose_their_sign(kept, text):
    reading = read(street=text)
    assert reading.values[Column.STREET] == kept
    assert [note.code for note in reading.notes] == [Trouble.FORMULA]


def test_a_number_kept_as_text_is_no_formula():
    reading = read(nik='="3273014105900001"', phone='="0812-3456-789"')
    assert reading == read()


def test_names_may_begin_with_an_apostrophe():
    assert read(name="'Aisyah").values[Column.NAME] == "'Aisyah"


@given(st.dictionaries(st.sampled_from(Column), st.text(max_size=60)))
def test_any_text_is_read_or_named(cells):
    texts = {column: dms.cell_text(column, cell) for column, cell in (LINE | cells).items()}
    reading = dms.read_line(texts, AS_OF)
    rejected = {finding.column for finding in reading.rejections}
    noted = {finding.column for finding in reading.notes}
    for column, text in texts.items():
        known = column in reading.values or column in rejected | noted
        assert known or dms.is_empty(text) or dms.is_empty(text.strip('="').strip())
    assert rejected <= set(dms.MANDATORY)


@given(
    st.one_of(
        st.text(),
        st.integers(),
        st.floats(),
        st.booleans(),
        st.none(),
        st.datetimes(),
        st.dates(),
    )
)
def test_any_cell_becomes_one_line_of_text(cell):
    for column in (Column.NAME, Column.NIK):
        text = dms.cell_text(column, cell)
        assert len(text) <= dms.MAX_CELL
        assert "\0" not in text
        assert "\n" not in text


# marks


def test_marks_tell_what_changed_and_nothing_else():
    before = dms.marks(read().values, SECRET)
    after = dms.marks(read(phone="0813-3456-789").values, SECRET)
    assert {column for column in before if before[column] != after[column]} == {Column.PHONE}
    assert dms.marks(read(phone="+62 812 3456 789").values, SECRET) == before
    assert dms.marks(read().values, b"of another") != before


def test_marks_survive_packing():
    marks = dms.marks(read(plate="", sales="").values, SECRET)
    packed = dms.pack_marks(marks)
    assert dms.unpack_marks(packed) == marks
    assert not any(str(value) in packed for value in LINE.values())
    for foreign in (None, "", "abc", packed + "x"):
        assert dms.unpack_marks(foreign) == {}
