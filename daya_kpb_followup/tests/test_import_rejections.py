import base64
from unittest.mock import patch

from odoo.exceptions import UserError

from ..rules.dms import Column
from .import_case import ImportCase, sale

TOO_ODD = "Engine Number: too odd"


class TestImportRejections(ImportCase):
    """A rejected row says what to do, is corrected in place and run again; the rest goes in."""

    def test_every_reason_names_its_column(self):
        table = (
            ("No Rangka", {"chassis": ""}),
            ("No Mesin", {"engine": " - "}),
            ("Nama Konsumen", {"name": ""}),
            ("Tgl Pembelian", {"purchase_date": ""}),
            ("Tgl Pembelian", {"purchase_date": "31/02/2025"}),
            ("Tgl Pembelian", {"purchase_date": "01/01/2999"}),
            ("Tgl Pembelian", {"purchase_date": "10/03/25"}),
            ("Kode Cabang", {"branch": ""}),
            ("Kode Cabang", {"branch": "NOWHERE"}),
            ("No Mesin", {"engine": sale(100)[Column.ENGINE]}),
        )
        lines = [sale(number, **cells) for number, (_title, cells) in enumerate(table, 1)]
        job = self.run_import(sale(100), *lines)
        self.assertCounts(job, created=1, rejected=len(table))
        for row, (title, cells) in zip(job.rejected_row_ids.sorted("line"), table, strict=True):
            self.assertTrue(row.reason.startswith(f"{title}: "), (cells, row.reason))

    def test_trouble_elsewhere_costs_only_the_cell(self):
        table = (
            ({"phone": "12"}, "Phone"),
            ({"nik": "1234"}, "KTP"),
            ({"nik": "3273014105910001"}, "No KTP"),
            ({"birth_date": "kemarin", "nik": ""}, "Tgl Lahir"),
            ({"sales": "Orang Lain"}, "Sales"),
            ({"stnk": "hilang"}, "Status STNK"),
            ({"street": "=1+1"}, "Alamat"),
        )
        lines = [sale(number, **cells) for number, (cells, _word) in enumerate(table, 1)]
        job = self.run_import(*lines)
        self.assertCounts(job, created=len(table))
        self.assertEqual(job.row_noted, len(table))
        for row, (cells, word) in zip(job.row_ids.sorted("line"), table, strict=True):
            self.assertIn(word, row.note)
            for name in {"nik", "birth_date", "street"} & cells.keys():
                self.assertNotIn(cells[name] or "?", row.note, "a note repeats nobody's data")
        self.assertFalse(self.unit(1).partner_id.phone)
        self.assertEqual(self.unit(7).partner_id.street, "1+1")
        self.assertCounts(self.run_import(*lines), unchanged=len(table))

    def test_correct_and_run_again(self):
        job = self.run_import(sale(1, engine=""), sale(2, branch="XX"))
        self.assertCounts(job, rejected=2)
        rows = job.with_user(self.importer).rejected_row_ids.sorted("line")
        rows[0].engine_number = "JFB1E1900001"
        job.with_user(self.importer).action_retry_rejected()
        self.assertEqual(job.state, "queued")
        self.run_cron("import")
        self.assertCounts(job, created=1, rejected=1)
        rows[1].branch_code = "TST-B"
        rows[1].action_retry()
        self.run_cron("import")
        self.assertCounts(job, created=2)

    def test_only_cells_of_rejected_rows_can_be_changed(self):
        job = self.run_import(sale(1), sale(2, engine=""))
        taken, rejected = job.with_user(self.importer).row_ids.sorted("line")
        for row, vals in ((taken, {"engine_number": "X"}), (rejected, {"state": "created"})):
            with self.assertRaises(UserError):
                row.write(vals)
        for vals in ({"row_read": 7}, {"state": "draft"}, {"data_file": base64.b64encode(b"x")}):
            with self.assertRaises(UserError):
                job.with_user(self.importer).write(vals)

    def test_a_row_that_cannot_be_stored_is_rejected_alone(self):
        purchases = type(self.env["kpb.purchase"])
        create = purchases.create

        def fragile(records, vals_list):
            if any(vals["engine_number"].endswith("3") for vals in vals_list):
                raise UserError(TOO_ODD)
            return create(records, vals_list)

        with patch.object(purchases, "create", fragile):
            job = self.run_import(*(sale(number) for number in range(1, 7)))
        self.assertCounts(job, created=5, rejected=1)
        self.assertEqual(job.rejected_row_ids.reason, TOO_ODD)
