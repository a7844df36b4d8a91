"""Moves the purchase dates of a dealer-system export so that the newest purchase is yesterday.

    shift_export.py SOURCE TARGET

All dates move by the same number of whole days, so the export keeps its shape; nothing else in
the file changes. TARGET appears complete or not at all.
"""

import csv
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

DATE_COLUMN = "Tgl Pembelian"
DATE_FORMAT = "%d/%m/%Y"


def shifted_rows(rows, newest):
    """Copies of the rows (dicts) whose newest purchase date is `newest`."""
    dates = [datetime.strptime(row[DATE_COLUMN], DATE_FORMAT).date() for row in rows]
    offset = newest - max(dates)
    return [
        row | {DATE_COLUMN: (day + offset).strftime(DATE_FORMAT)}
        for row, day in zip(rows, dates, strict=True)
    ]


def shift_file(source, target, newest):
    with source.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream, delimiter=";")
        rows = list(reader)
    part = target.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, reader.fieldnames, delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(shifted_rows(rows, newest))
    part.replace(target)


if __name__ == "__main__":
    shift_file(Path(sys.argv[1]), Path(sys.argv[2]), date.today() - timedelta(days=1))
