import base64
import csv
import io

from odoo.tests import new_test_user

from ..rules.dms import TITLES, Column
from .common import KpbCase

#: A line of an export in which everything is right.
SALE = {
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
    Column.PRODUCT: "Vario 125 Uji Impor",
    Column.PURCHASE_DATE: "10/03/2025",
    Column.BRANCH: "TST-A",
    Column.SALES: "salesforce_tst-a_0",
    Column.STNK: "Proses",
}
COUNTS = ("read", "created", "updated", "unchanged", "rejected")


def sale(number=1, **cells):
    """Return a line about another unit and customer; cells by the name of their column."""
    own = {
        Column.CHASSIS: f"MH1JFB111TK9{number:05d}",
        Column.ENGINE: f"JFB1E19{number:05d}",
        Column.PLATE: f"D {1000 + number} AB",
        Column.NAME: f"Siti Aminah {number}",
        Column.PHONE: f"0812-3456-{number:04d}",
        Column.NIK: f"327301410590{number:04d}",
    }
    return SALE | own | {Column[name.upper()]: text for name, text in cells.items()}


def as_csv(*lines, delimiter=";"):
    """Return the file that the dealer system writes."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerow(TITLES.values())
    writer.writerows([line.get(column, "") for column in Column] for line in lines)
    return stream.getvalue().encode()


class ImportCase(KpbCase):
    """Exports that are dropped, and what the registry holds afterwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.importer = new_test_user(
            cls.env,
            "importer",
            groups="daya_kpb_followup.kpb_group_admin",
            tz="Asia/Jakarta",
            lang="en_US",
        )
        cls.sales.login = SALE[Column.SALES]

    def drop(self, content, filename="export.csv"):
        """Start the import of a file."""
        job = (
            self.env["kpb.import"]
            .with_user(self.importer)
            .create({"filename": filename, "data_file": base64.b64encode(content)})
        )
        job.action_start()
        return job

    def run_import(self, *lines):
        """Import lines to the end."""
        job = self.drop(as_csv(*lines))
        self.run_cron("import")
        return job.sudo()

    def assertCounts(self, job, **expected):
        """Assert what became of the rows; what is not named is 0, and read is their sum (I9)."""
        expected = {"read": sum(expected.values()), **expected}
        self.assertEqual(
            {name: job[f"row_{name}"] for name in COUNTS},
            {name: expected.get(name, 0) for name in COUNTS},
            job.row_ids.filtered("reason").mapped("reason"),
        )
        self.assertEqual(job.state, "done")

    def unit(self, number=1):
        """Return the unit of a line."""
        return self.env["kpb.purchase"].search(
            [("chassis_number", "=", sale(number)[Column.CHASSIS])]
        )
