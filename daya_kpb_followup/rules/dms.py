"""What does a line of the dealer system's export say?

The export is typed by many hands and passes through spreadsheets. Here a line becomes values: what
can be understood is brought into one form, so that the same fact compares equal however it was
written; what cannot is named by a :class:`Finding`, never guessed. Five columns are mandatory,
the line is rejected without them; trouble in the others costs only that cell.

A finding carries no customer's data, because it is shown, stored and logged.
"""

import hashlib
import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from . import identity


class Column(StrEnum):
    """What an export tells about a sale."""

    CHASSIS = "chassis_number"
    ENGINE = "engine_number"
    PLATE = "license_plate"
    NAME = "customer_name"
    PHONE = "phone"
    STREET = "street"
    CITY = "city"
    NIK = "nik"
    BIRTH_PLACE = "birth_place"
    BIRTH_DATE = "birth_date"
    PRODUCT = "product_name"
    PURCHASE_DATE = "purchase_date"
    BRANCH = "branch_code"
    SALES = "salesperson"
    STNK = "stnk_status"


#: The titles of the dealer system, in its order.
TITLES = {
    Column.CHASSIS: "No Rangka",
    Column.ENGINE: "No Mesin",
    Column.PLATE: "No Polisi",
    Column.NAME: "Nama Konsumen",
    Column.PHONE: "No HP",
    Column.STREET: "Alamat",
    Column.CITY: "Kota",
    Column.NIK: "No KTP",
    Column.BIRTH_PLACE: "Tempat Lahir",
    Column.BIRTH_DATE: "Tgl Lahir",
    Column.PRODUCT: "Tipe Unit",
    Column.PURCHASE_DATE: "Tgl Pembelian",
    Column.BRANCH: "Kode Cabang",
    Column.SALES: "Sales",
    Column.STNK: "Status STNK",
}
#: Further titles that mean the same, in small letters without blanks and punctuation.
SYNONYMS = {
    Column.CHASSIS: "nomorrangka noka rangka chassis chassisno chassisnumber framenumber vin",
    Column.ENGINE: "nomormesin nosin mesin engine engineno enginenumber",
    Column.PLATE: "nomorpolisi nopol plat platnomor noplat licenseplate plate",
    Column.NAME: "nama namacustomer namapelanggan namapembeli konsumen customer customername",
    Column.PHONE: "nohandphone nomorhp hp handphone notelp notelepon telepon telp nowa whatsapp"
    " phone phonenumber mobile",
    Column.STREET: "alamatkonsumen alamatktp alamatlengkap jalan address street",
    Column.CITY: "kotakabupaten kabupaten kabkota kabupatenkota city",
    Column.NIK: "noktp nomorktp ktp nik nonik nomornik",
    Column.BIRTH_PLACE: "kotalahir birthplace placeofbirth",
    Column.BIRTH_DATE: "tanggallahir birthdate dateofbirth",
    Column.PRODUCT: "tipe tipemotor type model modelunit unit product",
    Column.PURCHASE_DATE: "tanggalpembelian tglbeli tanggalbeli tgljual tanggaljual tglpenjualan"
    " tanggalpenjualan purchasedate saledate salesdate",
    Column.BRANCH: "cabang branch branchcode kodedealer",
    Column.SALES: "salesforce salesman salesperson namasales wiraniaga",
    Column.STNK: "stnk statusstnk stnkstatus stnkstate",
}
MANDATORY = (Column.CHASSIS, Column.ENGINE, Column.NAME, Column.PURCHASE_DATE, Column.BRANCH)

#: How many lines may stand above the titles.
TITLE_LINES = 10
#: How wide a table may be, and how long a cell that is kept to be looked at.
MAX_COLUMNS = 200
MAX_CELL = 1000
MAX_LENGTH = {
    Column.CHASSIS: 30,
    Column.ENGINE: 30,
    Column.PLATE: 15,
    Column.NAME: 128,
    Column.STREET: 255,
    Column.CITY: 64,
    Column.BIRTH_PLACE: 64,
    Column.PRODUCT: 128,
    Column.BRANCH: 64,
    Column.SALES: 128,
}
EARLIEST_PURCHASE = date(2000, 1, 1)
EARLIEST_BIRTH = date(1900, 1, 1)

#: Words of the dealer system → our STNK state, in the order in which a certificate moves on.
STNK_WORDS = {
    "in_process": "proses dalamproses process inprocess belum belumjadi",
    "ready": "siap siapdiambil ready selesai jadi sudahjadi",
    "collected": "diambil sudahdiambil collected diserahkan",
}
STNK_STATES = tuple(STNK_WORDS)

#: What people write into a cell that is empty.
NOTHING = frozenset({"", "-", "--", "---", ".", "n/a", "#n/a", "na", "null", "none", "nil"})


class Trouble(StrEnum):
    """What is wrong with a cell, beside what :mod:`identity` knows about NIK and phones."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    CHARACTERS = "characters"
    FORMULA = "formula"
    DATE_UNREADABLE = "date_unreadable"
    DATE_FUTURE = "date_future"
    DATE_TOO_EARLY = "date_too_early"
    STNK_UNKNOWN = "stnk_unknown"


@dataclass(frozen=True)
class Finding:
    """Something that a person should know about a cell.

    :param code: what it is
    :param column: where
    :param values: what its sentence takes beside the column
    """

    code: Trouble | identity.Problem | identity.Doubt
    column: Column
    values: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Reading:
    """A line that was read.

    :param values: what was understood: text, ``date`` for dates, E.164 for the phone, a STNK state;
        a column that is empty or not understood is absent
    :param rejections: why the line cannot be taken; empty when it can
    :param notes: what was left out or looks wrong
    """

    values: Mapping[Column, str | date]
    rejections: tuple[Finding, ...]
    notes: tuple[Finding, ...]


class NotUnderstood(ValueError):
    """A cell without a meaning; ``code`` says why."""

    def __init__(self, code: Trouble):
        self.code = code
        super().__init__(code)


# the titles


def _key(text: object) -> str:
    """Return a title as it is compared: small letters and digits."""
    plain = unicodedata.normalize("NFKC", str(text or "")).casefold()
    return re.sub(r"[^a-z0-9]", "", plain)


_COLUMN_OF_KEY = {
    key: column
    for column in Column
    for key in (_key(TITLES[column]), _key(column), *SYNONYMS[column].split())
}


def find_columns(titles: Iterable[object]) -> dict[Column, int]:
    """Return where each column stands in a line of titles; the first of two equal ones counts."""
    found: dict[Column, int] = {}
    for position, title in enumerate(titles):
        column = _COLUMN_OF_KEY.get(_key(title))
        if column:
            found.setdefault(column, position)
    return found


def missing_columns(found: Mapping[Column, int]) -> list[Column]:
    """Return the mandatory columns that a line of titles lacks."""
    return [column for column in MANDATORY if column not in found]


# the cells


def cell_text(column: Column, cell: object) -> str:
    """Return a cell as text, as a person would see it and could correct it.

    :param cell: text from a CSV file; from a spreadsheet also numbers, dates and booleans
    :return: one line without unseen characters, at most ``MAX_CELL`` long. A NIK in a numeric
        cell has lost its last digit: it is written like the spreadsheet shows it, ``3.27E+15``,
        which nobody can take for a NIK
    """
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int | float):
        if column is Column.NIK:
            return f"{cell:.2E}"
        whole = isinstance(cell, int) or cell.is_integer()
        return (str(int(cell)) if whole else str(cell))[:MAX_CELL]
    return _one_line(str(cell))[:MAX_CELL]


def _one_line(text: str) -> str:
    """Return text on one line, composed, without control, direction and unpaired characters."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = []
    for char in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(char)
        if kind == "Cc" or kind.startswith("Z"):
            kept.append(" ")
        elif kind not in ("Cf", "Cs", "Cn", "Co"):
            kept.append(char)
    return " ".join("".join(kept).split())


_QUOTED_FORMULA = re.compile(r'="([^"]*)"')
_FORMULA_SIGNS = re.compile(r"[\s'=+\-@]*[=+\-@]\s*")


def _unwrapped(text: str) -> str:
    """Return what stands in ``="0812…"``, the way in which CSV files keep a number as text."""
    quoted = _QUOTED_FORMULA.fullmatch(text)
    return quoted[1].strip() if quoted else text


def is_empty(text: str) -> bool:
    """Return whether a cell says nothing."""
    return text.casefold() in NOTHING


def parse_date(text: str) -> date:
    """Return the day that a cell means: DD/MM/YYYY, ISO, or a spreadsheet's day number.

    :raises NotUnderstood: when it means none
    """
    plain = unicodedata.normalize("NFKC", text).strip().removeprefix("'")
    with suppress(ValueError, OverflowError):
        if found := re.fullmatch(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})([ T].*)?", plain):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := re.fullmatch(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})([ T].*)?", plain):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if re.fullmatch(r"[1-9]\d{3,4}", plain):
            return date.fromordinal(_SPREADSHEET_DAY_ZERO + int(plain))
    raise NotUnderstood(Trouble.DATE_UNREADABLE)


_SPREADSHEET_DAY_ZERO = date(1899, 12, 30).toordinal()


def parse_stnk(text: str) -> str:
    """Return the STNK state that a cell means.

    :raises NotUnderstood: when it means none
    """
    state = _STNK_OF_WORD.get(_key(text))
    if not state:
        raise NotUnderstood(Trouble.STNK_UNKNOWN)
    return state


_STNK_OF_WORD = {word: state for state, words in STNK_WORDS.items() for word in words.split()}
_PLATE = re.compile(r"([A-Z]{1,2})(\d{1,4})([A-Z]{0,3})")


def clean_plate(text: str) -> str:
    """Return a plate as it hangs on the unit: ``D 4512 AB``."""
    joined = re.sub(r"[\s.\-]", "", text.upper())
    found = _PLATE.fullmatch(joined)
    return " ".join(part for part in found.groups() if part) if found else text.upper()


# the line


def read_line(texts: Mapping[Column, str], as_of: date) -> Reading:
    """Read a line.

    :param texts: the cells, as :func:`cell_text` gives them
    :param as_of: today where the unit was sold; nothing in the file is later
    """
    values: dict[Column, str | date] = {}
    rejections: list[Finding] = []
    notes: list[Finding] = []
    for column in Column:
        text = _unwrapped(texts.get(column) or "")
        mandatory = column in MANDATORY
        if is_empty(text):
            if mandatory:
                rejections.append(Finding(Trouble.MISSING, column))
            continue
        try:
            value, remarks = _read_cell(column, text, as_of, values)
        except (NotUnderstood, identity.IdentityRefused) as refusal:
            finding = Finding(refusal.code, column, getattr(refusal, "values", None))
            (rejections if mandatory else notes).append(finding)
            continue
        values[column] = value
        notes += [Finding(code, column) for code in remarks]
    if Column.NIK in values and Column.BIRTH_DATE in values:
        nik = identity.parse_nik(values[Column.NIK], values[Column.BIRTH_DATE], as_of)
        if identity.Doubt.NIK_BIRTH_DATE in nik.warnings:
            notes.append(Finding(identity.Doubt.NIK_BIRTH_DATE, Column.NIK))
    return Reading(values, tuple(rejections), tuple(notes))


def _read_cell(column, text, as_of, values):
    """Return (value, codes of remarks) of a cell that is not empty."""
    if column is Column.NIK:
        nik = identity.parse_nik(text, as_of=as_of)
        return nik.nik, nik.warnings
    if column is Column.PHONE:
        return identity.parse_phone(text).e164, ()
    if column in (Column.PURCHASE_DATE, Column.BIRTH_DATE):
        day = parse_date(text)
        earliest = EARLIEST_BIRTH if column is Column.BIRTH_DATE else EARLIEST_PURCHASE
        if day > as_of:
            raise NotUnderstood(Trouble.DATE_FUTURE)
        if day < earliest:
            raise NotUnderstood(Trouble.DATE_TOO_EARLY)
        return day, ()
    if column is Column.STNK:
        return parse_stnk(text), ()
    return _read_text(column, text)


def _read_text(column, text):
    harmless = _FORMULA_SIGNS.sub("", text, count=1) if text[0] in "=+-@'" else text
    remarks = (Trouble.FORMULA,) if harmless != text else ()
    if is_empty(harmless):
        raise NotUnderstood(Trouble.FORMULA)
    if len(harmless) > MAX_LENGTH[column]:
        raise NotUnderstood(Trouble.TOO_LONG)
    if column is Column.PLATE:
        return clean_plate(harmless), remarks
    if column in (Column.CHASSIS, Column.ENGINE):
        number = "".join(unicodedata.normalize("NFKC", harmless).upper().split())
        if not re.fullmatch(r"[A-Z0-9./\-]{4,}", number):
            raise NotUnderstood(Trouble.CHARACTERS)
        return number, remarks
    if column is Column.NAME and not any(char.isalpha() for char in harmless):
        raise NotUnderstood(Trouble.CHARACTERS)
    return harmless, remarks


# what the dealer system said last time

_MARK = 6
_REMEMBERED = tuple(column for column in Column if column is not Column.CHASSIS)


def marks(values: Mapping[Column, str | date], secret: bytes) -> dict[Column, str]:
    """Return a short mark for each value, by which the next export is compared with this one.

    The value cannot be read from its mark, so the memory of an export holds nobody's data.

    :param secret: the installation's own
    """
    return {
        column: b64encode(
            hashlib.blake2b(
                f"{column}={values[column]}".encode(), key=secret[:64], digest_size=_MARK
            ).digest()
        ).decode()[:_MARK]
        for column in _REMEMBERED
        if column in values
    }


def pack_marks(found: Mapping[Column, str]) -> str:
    """Return marks as one text of fixed width."""
    return "".join(found.get(column, "-" * _MARK) for column in _REMEMBERED)


def unpack_marks(packed: str | None) -> dict[Column, str]:
    """Return the marks in a packed text; none from one of another make."""
    if not packed or len(packed) != _MARK * len(_REMEMBERED):
        return {}
    cut = (packed[at : at + _MARK] for at in range(0, len(packed), _MARK))
    return {column: mark for column, mark in zip(_REMEMBERED, cut, strict=True) if mark[0] != "-"}
