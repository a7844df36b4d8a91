import io
import zipfile
from datetime import datetime

import openpyxl

from odoo.exceptions import UserError

from ..models import kpb_import, kpb_import_reader
from ..rules.dms import TITLES, Column
from .import_case import SALE, ImportCase, as_csv, sale

OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
SHEET = "xl/worksheets/sheet1.xml"
WIDE_ROW = f"<sheetData><row>{'<c><v>1</v></c>' * 200_000}</row>"
BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
)


def as_xlsx(*lines):
    """Return lines as a workbook; what a cell holds keeps its type."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(TITLES.values()))
    for line in lines:
        sheet.append([line.get(column) for column in Column])
    return saved(book)


def saved(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_part(content, name, text):
    """Return a workbook with one more part, or with another one in its place."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            if part.filename != name:
                new.writestr(part.filename, old.read(part.filename))
        new.writestr(name, text)
    return stream.getvalue()


class TestImportFiles(ImportCase):
    """Files come from a person's disk: read completely, or refused with nothing changed."""

    def taken(self, content, filename="export.csv"):
        job = self.drop(content, filename).sudo()
        self.run_cron("import")
        return job

    def test_delimiters_and_encodings(self):
        name = {Column.NAME: "Nuraïni Ünal"}
        for number, content in enumerate(
            (
                as_csv(SALE | name, delimiter=";"),
                as_csv(SALE | name, delimiter=","),
                as_csv(SALE | name, delimiter="\t"),
                b"\xef\xbb\xbf" + as_csv(SALE | name),
                as_csv(SALE | name).decode().encode("cp1252"),
                as_csv(SALE | name).replace(b"\n", b"\r\n"),
                b"Daftar penjualan\n\n" + as_csv(SALE | name),
            )
        ):
            job = self.taken(content)
            self.assertCounts(job, **{"unchanged" if number else "created": 1})
        self.assertEqual(self.unit().partner_id.name, "Nuraïni Ünal")

    def test_titles_in_other_words(self):
        content = as_csv(SALE)
        for ours, theirs in (("No Rangka", "NO.RANGKA"), ("No KTP", "NIK"), ("No HP", "Telp.")):
            content = content.replace(ours.encode(), theirs.encode())
        self.assertCounts(self.taken(content), created=1)
        self.assertTrue(self.unit().partner_id.nik and self.unit().partner_id.phone)

    def test_workbook_with_dates_and_numbers(self):
        job = self.taken(
            as_xlsx(SALE | {Column.PURCHASE_DATE: datetime(2025, 3, 10), Column.PHONE: 8123456789}),
            "export.xlsx",
        )
        self.assertCounts(job, created=1)
        self.assertEqual(self.unit().purchase_date, datetime(2025, 3, 10).date())
        self.assertEqual(self.unit().partner_id.phone, "+628123456789")
        self.assertCounts(self.taken(as_csv(SALE)), unchanged=1)

    def test_a_numeric_nik_has_lost_its_last_digit(self):
        job = self.taken(as_xlsx(SALE | {Column.NIK: 3273014105900001}), "export.xlsx")
        self.assertCounts(job, created=1)
        self.assertFalse(self.unit().partner_id.nik)
        self.assertIn("numeric", job.row_ids.note)
        self.assertEqual(job.row_ids.note.count("3273"), 1, "the example, not the customer's")

    def test_formulas_stay_text(self):
        payloads = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", '=HYPERLINK("x")', "'=1+1")
        lines = [sale(number, street=text) for number, text in enumerate(payloads, 1)]
        self.assertCounts(self.taken(as_csv(*lines)), created=len(payloads))
        for number in range(1, len(payloads) + 1):
            self.assertNotIn(self.unit(number).partner_id.street[0], "=+-@'\t")

    def test_hostile_cells_are_accounted_for(self):
        cells = ("\0", "\u202eevil", "A" * 5000, "'; DROP TABLE x; --", "<b>x</b>", "😀", "\ud7ff")
        lines = [sale(number, name=text) for number, text in enumerate(cells, 1)]
        job = self.taken(as_csv(*lines))
        self.assertEqual(job.state, "done")
        self.assertEqual(job.row_read, len(cells))
        self.assertEqual(job.row_created + job.row_rejected, len(cells))

    def test_bad_files_are_refused(self):
        book = as_xlsx(SALE)
        sheet = zipfile.ZipFile(io.BytesIO(book)).read(SHEET).decode()
        hidden = openpyxl.load_workbook(io.BytesIO(book))
        hidden.create_sheet("Catatan")
        hidden.worksheets[0].sheet_state = "hidden"
        two_titles = openpyxl.Workbook()
        two_titles.active.append(["Nama"])
        files = {
            "empty": b"",
            "blank": b" \n\n",
            "titles only": as_csv(),
            "no sales": b"a;b;c\n1;2;3\n",
            "missing columns": b"No Rangka;No Mesin\nX;Y\n",
            "old Excel": OLD_EXCEL,
            "UTF-16": as_csv(SALE).decode().encode("utf-16"),
            "picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
            "truncated workbook": book[: len(book) // 2],
            "no workbook": b"PK\x03\x04" + bytes(100),
            "another archive": with_part(b"PK\x05\x06" + bytes(18), "x.txt", "x"),
            "macros": with_part(book, "xl/vbaProject.bin", b"x"),
            "links": with_part(book, "xl/externalLinks/externalLink1.xml", "<x/>"),
            "XML bomb": with_part(book, SHEET, BILLION_LAUGHS),
            "zip bomb": with_part(book, "xl/media/zero.xml", bytes(250 * 1024 * 1024)),
            "broken sheet": with_part(book, SHEET, "<worksheet><sheetDa"),
            "hidden sheet": saved(hidden),
            "other workbook": saved(two_titles),
            "far column": with_part(book, SHEET, sheet.replace('r="A1"', 'r="ZZZZZZ1"')),
            "wide row": with_part(book, SHEET, sheet.replace("<sheetData>", WIDE_ROW)),
            "many columns": as_csv(SALE).replace(b"No Rangka", b"x;" * 300 + b"No Rangka"),
            "open quotation": as_csv(SALE) + b'"' + as_csv(SALE, SALE),
        }
        rows = self.env["kpb.import.row"]
        before = rows.search_count([])
        for name, content in files.items():
            with self.subTest(name), self.assertRaises(UserError) as caught:
                self.drop(content)
            self.assertGreater(len(str(caught.exception)), 20)
        with self.assertRaises(UserError):
            self.drop(book, "export.xlsm")
        self.assertEqual(rows.search_count([]), before)

    def test_too_large_is_refused(self):
        self.patch(kpb_import_reader, "MAX_FILE", 200)
        with self.assertRaises(UserError):
            self.drop(as_csv(SALE))

    def test_too_many_lines_are_refused_as_a_whole(self):
        self.patch(kpb_import_reader, "MAX_ROWS", 3)
        self.patch(kpb_import, "STAGING", 2)
        before = self.env["kpb.import.row"].search_count([])
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.drop(as_csv(*(sale(number) for number in range(5))))
        self.assertEqual(self.env["kpb.import.row"].search_count([]), before)
