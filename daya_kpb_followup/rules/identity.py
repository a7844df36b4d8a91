"""Is this a NIK? Is this a phone number? And what did the writer mean?

Both come from people and from spreadsheets: with blanks, dots and dashes, in full-width digits,
with the zero or the last digit eaten by Excel. What can be understood is normalised, the rest is
refused with :class:`IdentityRefused`, whose code names the case and whose sentence says what is
right. No sentence and no ``repr`` repeats what was entered, because both end up in logs.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType, ValidationResult

REGION = "ID"

#: Provinces by the ministry of home affairs: the first two digits of a NIK.
PROVINCES = frozenset(
    "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 51 52 53 61 62 63 64 65 "
    "71 72 73 74 75 76 81 82 91 92 93 94 95 96".split()
)

#: Added to the day of birth in a woman's NIK.
WOMANS_DAYS = 40

NIK_EXAMPLE = "3273 0141 0590 0001"
PHONE_EXAMPLE = "0812-3456-789"


class Problem(StrEnum):
    """Why an entry is refused."""

    NIK_MISSING = "nik_missing"
    NIK_NUMERIC = "nik_numeric"
    NIK_FIFTEEN = "nik_fifteen"
    NIK_CHARACTERS = "nik_characters"
    NIK_LENGTH = "nik_length"
    NIK_FILLER = "nik_filler"
    NIK_DATE = "nik_date"
    PHONE_MISSING = "phone_missing"
    PHONE_ROUNDED = "phone_rounded"
    PHONE_CHARACTERS = "phone_characters"
    PHONE_SHORT = "phone_short"
    PHONE_LONG = "phone_long"
    PHONE_UNKNOWN = "phone_unknown"


class Doubt(StrEnum):
    """What is accepted although it looks wrong."""

    NIK_PROVINCE = "nik_province"
    NIK_BIRTH_DATE = "nik_birth_date"


class Sex(StrEnum):
    """What the day of birth in a NIK tells."""

    FEMALE = "female"
    MALE = "male"


#: Code → English sentence, with named places for the values of :class:`IdentityRefused`.
SENTENCES: dict[Problem | Doubt, str] = {
    Problem.NIK_MISSING: "The NIK is missing: give its 16 digits, such as %(example)s.",
    Problem.NIK_NUMERIC: (
        "The NIK comes from a numeric cell, and a spreadsheet keeps only 15 digits of a number: "
        "the last digit is lost. Format the column as text and enter the NIK again, "
        "such as %(example)s."
    ),
    Problem.NIK_FIFTEEN: (
        "The NIK has 15 digits: a spreadsheet has probably lost the last one. "
        "Format the column as text and enter all 16 digits, such as %(example)s."
    ),
    Problem.NIK_CHARACTERS: (
        "A NIK has digits only, with blanks, dots or dashes between them, such as %(example)s."
    ),
    Problem.NIK_LENGTH: "A NIK has 16 digits, this one has %(count)s: right is %(example)s.",
    Problem.NIK_FILLER: "The same digit 16 times is not a NIK: right is %(example)s.",
    Problem.NIK_DATE: (
        "Digits 7 to 12 of a NIK are the date of birth (day, month, year; 40 is added to the day "
        "for women), and here they are no date: right is %(example)s."
    ),
    Problem.PHONE_MISSING: "The phone number is missing: give one such as %(example)s.",
    Problem.PHONE_ROUNDED: (
        "The phone number comes from a numeric cell that no longer shows all its digits. "
        "Format the column as text and enter the number again, such as %(example)s."
    ),
    Problem.PHONE_CHARACTERS: (
        "Give one phone number, with digits, blanks, dots, dashes, brackets and a leading + only, "
        "such as %(example)s."
    ),
    Problem.PHONE_SHORT: "The phone number is too short: right is %(example)s.",
    Problem.PHONE_LONG: "The phone number is too long: right is one number, such as %(example)s.",
    Problem.PHONE_UNKNOWN: (
        "There is no such phone number. Mobile numbers begin with 08, landlines with their area "
        "code: right is %(example)s."
    ),
    Doubt.NIK_PROVINCE: "The first two digits of the NIK are not a known province.",
    Doubt.NIK_BIRTH_DATE: "The NIK and the date of birth do not agree.",
}


class IdentityRefused(ValueError):
    """An entry that cannot be understood.

    :ivar code: which :class:`Problem` it is; a translated sentence is looked up by it
    :ivar values: what the sentence of that code takes
    """

    def __init__(self, code: Problem, **values: object):
        example = NIK_EXAMPLE if code.startswith("nik_") else PHONE_EXAMPLE
        self.code = code
        self.values = {"example": example, **values}
        super().__init__(SENTENCES[code] % self.values)


@dataclass(frozen=True)
class Nik:
    """A national identity number that may be right.

    :param nik: the 16 digits
    :param birth_dates: the one or two days its DDMMYY may mean, the earlier century first
    :param sex: by the day of birth
    :param warnings: what a person should look at
    """

    nik: str = field(repr=False)
    birth_dates: tuple[date, ...] = field(repr=False)
    sex: Sex
    warnings: tuple[Doubt, ...] = ()


@dataclass(frozen=True)
class Phone:
    """A phone number that exists.

    :param e164: as it is stored, ``+628123456789``
    :param mobile: whether a mobile phone, and so perhaps WhatsApp, answers
    """

    e164: str = field(repr=False)
    mobile: bool

    def display(self) -> str:
        """Return the number as it is written at home (``0812-3456-789``), or with its country."""
        number = phonenumbers.parse(self.e164)
        home = phonenumbers.region_code_for_country_code(number.country_code) == REGION
        style = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
        return phonenumbers.format_number(number, style)

    def whatsapp_number(self) -> str | None:
        """Return what follows ``https://wa.me/`` (``628123456789``), None for a landline."""
        return self.e164.removeprefix("+") if self.mobile else None


def parse_nik(value: object, birth_date: date | None = None, as_of: date | None = None) -> Nik:
    """Return the NIK that an entry means.

    :param value: text; a number is refused, because a spreadsheet has rounded it
    :param birth_date: the customer's, when known; a disagreement is a warning
    :param as_of: today; nobody is born later
    :raises IdentityRefused: with a ``nik_…`` code
    """
    digits = _nik_digits(value)
    if len(set(digits)) == 1:
        raise IdentityRefused(Problem.NIK_FILLER)
    day, month, year = (int(digits[at : at + 2]) for at in (6, 8, 10))
    sex = Sex.FEMALE if day > WOMANS_DAYS else Sex.MALE
    if sex is Sex.FEMALE:
        day -= WOMANS_DAYS
    born = tuple(_existing_dates(day, month, (1900 + year, 2000 + year), as_of or date.max))
    if not born:
        raise IdentityRefused(Problem.NIK_DATE)
    warnings = []
    if digits[:2] not in PROVINCES:
        warnings.append(Doubt.NIK_PROVINCE)
    if birth_date and birth_date not in born:
        warnings.append(Doubt.NIK_BIRTH_DATE)
    return Nik(digits, born, sex, tuple(warnings))


def mask_nik(value: object) -> str:
    """Return what a log may show of a NIK: its last four digits, nothing of a malformed one."""
    try:
        return "*" * 12 + _nik_digits(value)[12:]
    except IdentityRefused:
        return "*" * 16


def parse_phone(value: object) -> Phone:
    """Return the phone number that an entry means; without a country it is Indonesian.

    :param value: text, or the whole number that a spreadsheet made of it
    :raises IdentityRefused: with a ``phone_…`` code
    """
    digits = _phone_digits(value)
    refused = Problem.PHONE_UNKNOWN
    for reading in _phone_readings(digits):
        try:
            number = phonenumbers.parse(reading, REGION)
        except NumberParseException as error:
            refused = _PARSE_PROBLEMS.get(error.error_type, Problem.PHONE_UNKNOWN)
            continue
        kind = phonenumbers.number_type(number)
        if kind in _PERSONAL:
            e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
            return Phone(e164, mobile=kind != PhoneNumberType.FIXED_LINE)
        length = phonenumbers.is_possible_number_for_type_with_reason(
            number, PhoneNumberType.MOBILE
        )
        refused = _LENGTH_PROBLEMS.get(length, Problem.PHONE_UNKNOWN)
    raise IdentityRefused(refused)


#: Numbers at which a customer answers; not those of hotlines and services.
_PERSONAL = frozenset(
    {
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }
)
_PARSE_PROBLEMS = {
    NumberParseException.TOO_LONG: Problem.PHONE_LONG,
    NumberParseException.TOO_SHORT_AFTER_IDD: Problem.PHONE_SHORT,
    NumberParseException.TOO_SHORT_NSN: Problem.PHONE_SHORT,
    NumberParseException.NOT_A_NUMBER: Problem.PHONE_SHORT,
}
_LENGTH_PROBLEMS = {
    ValidationResult.TOO_LONG: Problem.PHONE_LONG,
    ValidationResult.TOO_SHORT: Problem.PHONE_SHORT,
}

_MINUS_SIGN = "\N{MINUS SIGN}"
_SCIENTIFIC = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")
_NIK_WITH_DECIMALS = re.compile(r"[0-9]{15,16}[.,]0+")
_PHONE_WITH_DECIMAL = re.compile(r"(\+?[0-9]{8,})\.0")


def _plain(text: str) -> str:
    """Return text in plain characters: digits of normal width, one sort of dash, nothing unseen.

    Contacts copied from a phone carry invisible direction marks; a spreadsheet's text cell may
    carry the apostrophe that made it one.
    """
    seen = (
        "-" if unicodedata.category(char) == "Pd" or char == _MINUS_SIGN else char
        for char in unicodedata.normalize("NFKC", text)
        if unicodedata.category(char) != "Cf"
    )
    return "".join(seen).strip().removeprefix("'").strip()


def _nik_digits(value: object) -> str:
    """Return the 16 digits of an entry, or refuse it."""
    if value is None or value is False:
        raise IdentityRefused(Problem.NIK_MISSING)
    if not isinstance(value, str):
        raise IdentityRefused(Problem.NIK_NUMERIC)
    text = _plain(value)
    if _SCIENTIFIC.fullmatch(text) or _NIK_WITH_DECIMALS.fullmatch(text):
        raise IdentityRefused(Problem.NIK_NUMERIC)
    digits = re.sub(r"[\s.\-]", "", text)
    if not digits:
        raise IdentityRefused(Problem.NIK_MISSING)
    if not re.fullmatch(r"[0-9]+", digits):
        raise IdentityRefused(Problem.NIK_CHARACTERS)
    if len(digits) == 15:
        raise IdentityRefused(Problem.NIK_FIFTEEN)
    if len(digits) != 16:
        raise IdentityRefused(Problem.NIK_LENGTH, count=len(digits))
    return digits


def _existing_dates(day: int, month: int, years: tuple[int, ...], latest: date) -> Iterator[date]:
    """Yield the days that exist among the years, none after ``latest``."""
    for year in years:
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= latest:
            yield found


def _phone_digits(value: object) -> str:
    """Return digits with at most a leading plus, or refuse the entry."""
    if value is None or value is False:
        raise IdentityRefused(Problem.PHONE_MISSING)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and value > 0:
        value = str(value)
    if not isinstance(value, str):
        raise IdentityRefused(Problem.PHONE_CHARACTERS)
    text = _plain(value)
    if _SCIENTIFIC.fullmatch(text):
        raise IdentityRefused(Problem.PHONE_ROUNDED)
    text = _PHONE_WITH_DECIMAL.sub(r"\1", text) if _PHONE_WITH_DECIMAL.fullmatch(text) else text
    digits = re.sub(r"[\s.\-()]", "", text)
    if not digits:
        raise IdentityRefused(Problem.PHONE_MISSING)
    if not re.fullmatch(r"\+?[0-9]+", digits):
        raise IdentityRefused(Problem.PHONE_CHARACTERS)
    return digits


def _phone_readings(digits: str) -> Iterator[str]:
    """Yield what the digits may mean, the likelier first.

    ``62811123456`` is both the mobile number 0811-123-456 with its country and a landline of area
    0628 without its zero: the country comes first.
    """
    if digits.startswith("62"):
        yield f"+{digits}"
    if digits.startswith("0062"):
        yield f"+{digits[2:]}"
    yield digits
