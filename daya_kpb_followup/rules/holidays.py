"""Which days does a list of public holidays name? (working time of the branches)

The list is a text as a spreadsheet saves it, one day a line: date, name and, where known, kind and
decree. Two kinds: public holidays, and joint leave, which a private employer may leave out.
"""

import csv
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

#: Heading → what the column means; both languages.
COLUMNS = {
    "date": "date",
    "tanggal": "date",
    "name": "name",
    "nama": "name",
    "keterangan": "name",
    "kind": "kind",
    "jenis": "kind",
    "decree": "decree",
    "dasar": "decree",
}
DATE_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")
JOINT_LEAVE = "cuti bersama"


class Problem(StrEnum):
    """Why a list is refused."""

    EMPTY = "empty"
    HEADINGS = "headings"
    DATE = "date"
    NAME = "name"


class HolidaysRefused(ValueError):
    """The list cannot be taken; ``code`` says why, ``line`` where (1: the first line)."""

    def __init__(self, code: Problem, line: int, value: str = ""):
        super().__init__(f"line {line}: {code} {value!r}")
        self.code, self.line, self.value = code, line, value


@dataclass(frozen=True)
class Holiday:
    """One day off."""

    day: date
    name: str
    decree: str = ""
    is_joint_leave: bool = False

    @property
    def title(self) -> str:
        """Return the name with the decree that ordered the day."""
        return f"{self.name} ({self.decree})" if self.decree else self.name


def parse_holidays(text: str) -> tuple[Holiday, ...]:
    """Return the days of a list in the order of the calendar; feasts on one day share it.

    :param text: lines separated by ``;`` or ``,`` with a heading; a byte order mark is skipped
    :raises HolidaysRefused: naming the first line that cannot be taken
    """
    lines = text.lstrip("\ufeff").splitlines()
    heading = lines[0] if lines else ""
    rows = csv.reader(lines, delimiter=";" if ";" in heading else ",")
    columns = [COLUMNS.get(cell.strip().lower()) for cell in next(rows, [])]
    if not {"date", "name"} <= set(columns):
        raise HolidaysRefused(Problem.HEADINGS if heading.strip() else Problem.EMPTY, 1, heading)
    found: dict[date, Holiday] = {}
    for number, cells in enumerate(rows, 2):
        if not any(cell.strip() for cell in cells):
            continue
        holiday = _holiday(dict(zip(columns, map(str.strip, cells), strict=False)), number)
        earlier = found.get(holiday.day)
        found[holiday.day] = _together(earlier, holiday) if earlier else holiday
    if not found:
        raise HolidaysRefused(Problem.EMPTY, 2)
    return tuple(found[day] for day in sorted(found))


def _holiday(row: dict[str | None, str], number: int) -> Holiday:
    value = row.get("date", "")
    for form in DATE_FORMS:
        with suppress(ValueError):
            day = datetime.strptime(value, form).date()
            break
    else:
        raise HolidaysRefused(Problem.DATE, number, value)
    name = " ".join(row.get("name", "").split())
    if not name:
        raise HolidaysRefused(Problem.NAME, number)
    joint = JOINT_LEAVE in (row.get("kind") or name).lower()
    return Holiday(day, name, row.get("decree", ""), joint)


def _together(first: Holiday, second: Holiday) -> Holiday:
    if first.name == second.name:
        return first
    return Holiday(
        first.day,
        f"{first.name} / {second.name}",
        first.decree or second.decree,
        first.is_joint_leave and second.is_joint_leave,
    )
