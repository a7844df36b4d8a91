"""The sample export is what its script makes, and shows the whole procedure on its day."""

import csv
import importlib.util
import io
from collections import Counter
from datetime import date, timedelta

import pytest
from checkout import CHECKOUT

from rules import dms, identity, schedule
from rules.dms import Column

SAMPLE = CHECKOUT / "setup/sample_dms_export.csv"
#: Days in a year on which the sample is imported; none of the last three of a month.
DAYS = [date(2026, 1, 1) + timedelta(days=days) for days in range(0, 1461, 7)]


def load_script(name: str):
    """Return a script of setup/lib as a module."""
    spec = importlib.util.spec_from_file_location(name, CHECKOUT / f"setup/lib/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    """Return the lines of the sample."""
    return list(csv.DictReader(io.StringIO(SAMPLE.read_text(encoding="utf-8")), delimiter=";"))


def test_the_script_makes_the_file():
    stream = io.StringIO()
    load_script("make_sample_export").main(stream)
    assert stream.getvalue() == SAMPLE.read_text(encoding="utf-8")


def test_every_line_is_read_without_a_remark(rows):
    newest = max(dms.parse_date(row[dms.TITLES[Column.PURCHASE_DATE]]) for row in rows)
    for row in rows:
        texts = {column: row[title] for column, title in dms.TITLES.items()}
        reading = dms.read_line(texts, newest)
        assert (reading.rejections, reading.notes) == ((), ()), row


def test_there_is_enough_of_everything(rows):
    assert len(rows) >= 330
    assert min(Counter(row["Kode Cabang"] for row in rows).values()) >= 100
    assert {row["Kode Cabang"] for row in rows} == {"CHP", "SKB", "MKS"}
    for title in ("No Rangka", "No Mesin", "No KTP"):
        assert len({row[title] for row in rows}) == len(rows), title
    phones = [row["No HP"] for row in rows]
    assert len({identity.parse_phone(phone).e164 for phone in phones}) == len(rows)
    ways = ("0???-", "+62 ", "62???????", "8????????", "0??? ", "(0???) ")
    starts = Counter(way for phone in phones for way in ways if is_written(phone, way))
    assert min(starts.values()) > 20
    assert len(starts) == len(ways)
    assert 3 < sum(not row["No Polisi"] for row in rows) < 40


def is_written(phone: str, way: str) -> bool:
    """Return whether a number begins like a pattern, in which ? is a digit."""
    return len(phone) >= len(way) and all(
        char.isdigit() if wanted == "?" else char == wanted
        for char, wanted in zip(phone, way, strict=False)
    )


def test_every_step_is_due_on_the_day(rows):
    shifted_rows = load_script("shift_export").shifted_rows
    for today in DAYS:
        if (today + timedelta(days=3)).month != today.month:
            continue
        due = set()
        for row in shifted_rows(rows, today - timedelta(days=1)):
            sold = dms.parse_date(row["Tgl Pembelian"])
            due |= {
                step.key for step in schedule.steps(sold, schedule.SOP) if step.planned == today
            }
        assert len(due) == 14, today
