import codecs
import csv
import io
import re
import zipfile
from itertools import islice

import openpyxl

from odoo import api, models
from odoo.exceptions import UserError

from ..rules import dms

MEGABYTE = 1024 * 1024
MAX_FILE = 50 * MEGABYTE
MAX_ROWS = 500_000
EXCEL_ROWS = 1_048_576
#: What a workbook may grow to when it is unpacked, and how much of that one byte may tell.
MAX_UNPACKED = 500 * MEGABYTE
MAX_RATIO = 50
#: What its parts may grow to, by the beginning of their names; the last one is for all others.
MAX_PART = (
    ("xl/worksheets/", MAX_UNPACKED),
    ("xl/sharedstrings", 64 * MEGABYTE),
    ("xl/media/", 16 * MEGABYTE),
    ("", 4 * MEGABYTE),
)
MAX_PARTS = 500
SAMPLE = 64 * 1024
DELIMITERS = ";,\t|"
#: An address may run over two lines; one with more than this holds the lines that follow it.
DELIMITERS_IN_A_CELL = 6

ZIP_SIGNATURE = b"PK"
OLD_OFFICE_SIGNATURE = b"\xd0\xcf\x11\xe0"
WIDE_SIGNATURES = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: A workbook of plain cells has no document type and no entities; who sends them means harm.
XML_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
ROW_TAG = re.compile(rb"<(\w+:)?row[\s/>]")
MACRO_PARTS = ("vbaproject", "macrosheets/")
LINK_PARTS = ("externallinks/",)


class KpbImportReader(models.AbstractModel):
    """Opens an export of the dealer system: CSV or XLSX in, lines of text by column out.

    What it is given comes from a person's disk. Whatever cannot be read completely is refused
    with a sentence that says what to do; nothing of it has been taken by then.
    """

    _name = "kpb.import.reader"
    _description = "Reader of Dealer System Exports"

    @api.model
    def _lines_of(self, content, filename=""):
        """Yield (line number, {column: text}) for each line that is not empty.

        :param bytes content: the file
        :param str filename: only its ending is looked at
        :raises UserError: when the file cannot be read, possibly after some lines
        """
        self._refuse_size(content)
        if content.startswith(OLD_OFFICE_SIGNATURE):
            raise UserError(
                self.env._(
                    "This is an old Excel file (.xls) or one with a password. Save it as XLSX"
                    " without a password, or as CSV."
                )
            )
        if content.startswith(ZIP_SIGNATURE):
            lines = self._workbook_lines(content, filename)
        else:
            lines = self._csv_lines(content)
        yield from self._sales_lines(lines)

    @api.model
    def _refuse_size(self, content):
        if not content or not content.strip():
            raise UserError(self.env._("The file is empty. Export it again and choose that file."))
        if len(content) > MAX_FILE:
            raise UserError(
                self.env._(
                    "The file has %(size)s MB, at most %(limit)s MB can be read. Export fewer"
                    " months, or save it as XLSX.",
                    size=len(content) // MEGABYTE,
                    limit=MAX_FILE // MEGABYTE,
                )
            )

    # the table inside
    @api.model
    def _sales_lines(self, lines):
        """Find the titles among the first lines and yield what stands below them.

        :param lines: (line number, cells), cells being text or what a spreadsheet holds
        """
        columns = self._find_columns(lines)
        count = 0
        for number, cells in lines:
            if not any(cells):
                continue
            texts = {
                column: dms.cell_text(column, cells[position])
                for column, position in columns.items()
                if position < len(cells)
            }
            if not any(texts.values()):
                continue
            count += 1
            if count > MAX_ROWS:
                raise UserError(
                    self.env._(
                        "The file has more than %s lines. Export fewer months at a time.", MAX_ROWS
                    )
                )
            yield number, texts
        if not count:
            raise UserError(
                self.env._(
                    "There is no line below the titles. Choose a period with sales and export it"
                    " again."
                )
            )

    @api.model
    def _find_columns(self, lines):
        """Read up to the titles; return column → position."""
        best = {}
        for _number, cells in islice(lines, dms.TITLE_LINES):
            if any(cells[dms.MAX_COLUMNS :]):
                raise UserError(
                    self.env._(
                        "The table has more than %s columns. Choose the export of unit sales.",
                        dms.MAX_COLUMNS,
                    )
                )
            found = dms.find_columns(cells)
            if len(found) > len(best):
                best = found
            if found and not dms.missing_columns(found):
                return found
        missing = dms.missing_columns(best)
        raise UserError(
            self.env._(
                "These columns are missing: %(columns)s. The file must be the dealer system's"
                " export of unit sales, as CSV or XLSX, with the titles in one of the first"
                " %(lines)s lines.",
                columns=", ".join(dms.TITLES[column] for column in missing),
                lines=dms.TITLE_LINES,
            )
        )

    # CSV
    @api.model
    def _csv_lines(self, content):
        encoding = self._encoding(content)
        delimiter = self._delimiter(content, encoding)
        text = io.TextIOWrapper(io.BytesIO(content), encoding, errors="replace", newline="")
        reader = csv.reader((line.replace("\0", "") for line in text), delimiter=delimiter)
        line = 1
        try:
            for cells in reader:
                if reader.line_num > line and any(
                    "\n" in cell and cell.count(delimiter) > DELIMITERS_IN_A_CELL for cell in cells
                ):
                    raise csv.Error("a cell holds whole lines")
                yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            raise UserError(
                self.env._(
                    "Line %s cannot be read, perhaps because a quotation mark is not closed."
                    " Correct the line, or export the file again.",
                    line,
                )
            ) from error

    @api.model
    def _encoding(self, content):
        """Return the encoding of a text file: UTF-8, else that of Western Windows."""
        sample = content[:SAMPLE]
        if content.startswith(WIDE_SIGNATURES) or sample.count(0) > len(sample) // 10:
            raise UserError(
                self.env._(
                    "This is neither CSV in UTF-8 nor XLSX. Save the export as “CSV UTF-8” or as"
                    " XLSX."
                )
            )
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            for start in range(0, len(content), MEGABYTE):
                decoder.decode(content[start : start + MEGABYTE])
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
        return "utf-8-sig"

    @api.model
    def _delimiter(self, content, encoding):
        """Return the sign that makes the most columns of the dealer system out of a line."""
        lines = content[:SAMPLE].decode(encoding, "replace").splitlines()[: dms.TITLE_LINES]
        return max(
            DELIMITERS,
            key=lambda sign: max(len(dms.find_columns(line.split(sign))) for line in lines),
        )

    # XLSX
    @api.model
    def _workbook_lines(self, content, filename):
        damaged = self.env._(
            "The workbook is damaged or was not transferred completely. Export it again, or save"
            " it as CSV."
        )
        # Excel's own words for broken content are many: whatever openpyxl raises means damage.
        try:
            self._refuse_dangerous_workbook(content, filename)
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            if not sheets:
                raise UserError(
                    self.env._("The workbook has no visible sheet. Show the one with the sales.")
                )
            sheets[0].reset_dimensions()  # some programs write wrong ones
            rows = sheets[0].iter_rows(
                max_col=dms.MAX_COLUMNS + 1, max_row=EXCEL_ROWS, values_only=True
            )
            yield from enumerate(rows, 1)
        except UserError:
            raise
        except Exception as error:
            raise UserError(damaged) from error

    @api.model
    def _refuse_dangerous_workbook(self, content, filename):
        """Refuse a workbook that holds programs or links, or is made to overwhelm its reader."""
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
        names = [part.filename.lower() for part in parts]
        if (filename or "").lower().endswith((".xlsm", ".xlsb", ".xltm")) or self._has(
            names, MACRO_PARTS
        ):
            raise UserError(
                self.env._("Workbooks with macros are not read. Save it as XLSX or as CSV.")
            )
        if "xl/workbook.xml" not in names:
            raise UserError(
                self.env._("This is neither CSV nor XLSX. Save the export in one of these formats.")
            )
        if self._has(names, LINK_PARTS):
            raise UserError(
                self.env._(
                    "The workbook has links to other workbooks. Save it as CSV, or copy the values"
                    " into a new XLSX file."
                )
            )
        if self._is_too_large(parts, len(content)):
            raise UserError(
                self.env._(
                    "Unpacked, the workbook would be too large to be read. Save the export as CSV."
                )
            )
        for part in parts:
            if not self._is_plain(archive, part):
                raise UserError(
                    self.env._(
                        "The workbook holds what no export needs: declarations, or a row of"
                        " thousands of cells. Save it as CSV."
                    )
                )

    @api.model
    def _has(self, names, wanted):
        return any(word in name for name in names for word in wanted)

    @api.model
    def _is_too_large(self, parts, packed):
        unpacked = sum(part.file_size for part in parts)
        return (
            len(parts) > MAX_PARTS
            or unpacked > min(MAX_UNPACKED, MAX_RATIO * max(packed, MEGABYTE))
            or any(
                part.file_size
                > next(most for start, most in MAX_PART if part.filename.lower().startswith(start))
                for part in parts
            )
        )

    @api.model
    def _is_plain(self, archive, part):
        """Read a part to its end, which proves its checksum; return whether it is harmless.

        That is: it declares nothing, and no row of a sheet is wider than a screenful of cells,
        because a row is held in memory as a whole.
        """
        name = part.filename.lower()
        if not name.endswith((".xml", ".rels", ".vml")):
            return True
        is_sheet = name.startswith("xl/worksheets/")
        tail = b""
        with archive.open(part) as stream:
            while piece := stream.read(MEGABYTE):
                window = tail + piece
                if window.startswith(WIDE_SIGNATURES) or any(
                    word in window for word in XML_DECLARATIONS
                ):
                    return False
                if is_sheet and len(piece) == MEGABYTE and not ROW_TAG.search(piece):
                    return False
                tail = piece[-16:]
        return True
