from odoo import http

from odoo.addons.web.controllers.export import (
    ExcelExport,
    ExportXlsxWriter,
    GroupExportXlsxWriter,
)

#: What Excel would calculate: a formula, and a formula over an array.
FORMULA_STARTS = ("=", "{=")


def write_formula_as_text(worksheet, row, column, text, style=None):
    """Write a text that looks like a formula as what it is; leave other texts to the library.

    :return: None where the library is to go on as always
    """
    if text.startswith(FORMULA_STARTS):
        return worksheet.write_string(row, column, text, style)
    return None


class TextXlsxWriter(ExportXlsxWriter):
    """Odoo's workbook, in which a name that begins with "=" stays a name."""

    def __init__(self, *args):
        super().__init__(*args)
        self.worksheet.add_write_handler(str, write_formula_as_text)


class GroupTextXlsxWriter(GroupExportXlsxWriter):
    """The same for a list that is grouped."""

    def __init__(self, *args):
        super().__init__(*args)
        self.worksheet.add_write_handler(str, write_formula_as_text)


class KpbExport(ExcelExport):
    """Odoo's export to XLSX without live formulas from what people have typed.

    Customers' names come from files and forms; a name such as ``=HYPERLINK(…)`` would become a
    formula in the exported file of whoever opens it. The export to CSV marks them already.
    """

    @http.route()
    def web_export_xlsx(self, data):
        """Return the list as XLSX."""
        return super().web_export_xlsx(data)

    def from_data(self, fields, columns_headers, rows):
        """Return the workbook of a plain list."""
        with TextXlsxWriter(fields, columns_headers, len(rows)) as writer:
            for row_index, row in enumerate(rows, 1):
                for column, value in enumerate(row):
                    writer.write_cell(row_index, column, value)
        return writer.value

    def from_group_data(self, fields, columns_headers, groups):
        """Return the workbook of a grouped list."""
        with GroupTextXlsxWriter(fields, columns_headers, groups.count) as writer:
            row, column = 1, 0
            for name, group in groups.children.items():
                row, column = writer.write_group(row, column, name, group)
        return writer.value
