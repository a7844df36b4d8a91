"""Lists of public holidays are understood as people save them, or refused by line."""

from datetime import date
from pathlib import Path

import pytest

from rules.holidays import Holiday, HolidaysRefused, Problem, parse_holidays

LISTS = Path(__file__).parents[2] / "daya_kpb_followup/static/holidays"
PROCLAMATION = Holiday(date(2026, 8, 17), "Proklamasi Kemerdekaan")


@pytest.mark.parametrize(
    "text",
    [
        "date;name\n2026-08-17;Proklamasi Kemerdekaan",
        "\ufeffDate,Name\r\n17/08/2026, Proklamasi  Kemerdekaan\r\n\r\n",
        "Tanggal;Keterangan;lain\n17-08-2026;Proklamasi Kemerdekaan;x;y\n;;\n",
        "nama;tanggal\nProklamasi Kemerdekaan;2026-08-17",
        'date,name\n2026-08-17,"Proklamasi Kemerdekaan"',
        "date;name\n2026-08-17;Proklamasi Kemerdekaan\n2026-08-17;Proklamasi Kemerdekaan",
    ],
)
def test_ways_to_write_the_same_day(text):
    assert parse_holidays(text) == (PROCLAMATION,)


def test_in_the_order_of_the_calendar_with_kind_and_decree():
    found = parse_holidays(
        "date;name;kind;decree\n"
        "2026-12-25;Natal;libur nasional;SKB 1\n"
        "2026-12-24;Natal;Cuti Bersama;SKB 1\n"
        "2026-05-15;Cuti bersama Kenaikan;;\n"
    )
    assert [day.is_joint_leave for day in found] == [True, True, False]
    assert [day.title for day in found] == ["Cuti bersama Kenaikan", *["Natal (SKB 1)"] * 2]


def test_two_feasts_on_one_day():
    found = parse_holidays("date;name\n2026-05-01;Hari Buruh\n2026-05-01;Cuti Bersama Kenaikan\n")
    assert found == (Holiday(date(2026, 5, 1), "Hari Buruh / Cuti Bersama Kenaikan"),)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", Problem.EMPTY, 1),
        ("  \n", Problem.EMPTY, 1),
        ("date;name\n", Problem.EMPTY, 2),
        ("date;name\n;;\n", Problem.EMPTY, 2),
        ("2026-08-17;Proklamasi", Problem.HEADINGS, 1),
        ("date;decree\n2026-08-17;SKB", Problem.HEADINGS, 1),
        ("PK\x03\x04", Problem.HEADINGS, 1),
        ("date;name\n2026-02-30;Tidak ada", Problem.DATE, 2),
        ("date;name\n2026-08-17;Ada\n17 Agustus;Teks", Problem.DATE, 3),
        ("date;name\n46251;Nomor seri", Problem.DATE, 2),
        ("date;name\n;Tanpa tanggal", Problem.DATE, 2),
        ("date;name\n2026-08-17;  ", Problem.NAME, 2),
        ("date;name\n2026-08-17", Problem.NAME, 2),
    ],
)
def test_refused_by_line(text, code, line):
    with pytest.raises(HolidaysRefused) as refused:
        parse_holidays(text)
    assert (refused.value.code, refused.value.line) == (code, line)


def test_the_list_of_2026():
    """17 public holidays and 8 days of joint leave, as decreed on 19 September 2025."""
    days = parse_holidays((LISTS / "holidays_2026.csv").read_text(encoding="utf-8"))
    joint = [day.day for day in days if day.is_joint_leave]
    assert (len(days) - len(joint), len(joint)) == (17, 8)
    assert {day.day.year for day in days} == {2026}
    assert all(day.day.weekday() < 5 for day in days if day.is_joint_leave)
    assert all("1497/2025" in day.title for day in days)
