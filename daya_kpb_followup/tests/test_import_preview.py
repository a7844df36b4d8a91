import base64

from odoo.exceptions import UserError

from ..rules.dms import Column
from .import_case import SALE, ImportCase, as_csv, sale

LOOKED_AT = (
    *("kpb_purchase", "res_partner", "product_product", "mail_message"),
    *("kpb_import", "kpb_import_row", "bus_bus"),
)


class TestImportPreview(ImportCase):
    """Head office sees what a file will do before it does it."""

    def look_at(self, *lines):
        """Return the preview of a file with these lines."""
        job = (
            self.env["kpb.import"]
            .with_user(self.importer)
            .create({"filename": "pagi.csv", "data_file": base64.b64encode(as_csv(*lines))})
        )
        return self.env["kpb.import.preview"].browse(job.action_preview()["res_id"])

    def test_each_row_is_told_as_it_will_happen(self):
        self.run_import(sale(1), sale(2))
        lines = [
            sale(1),
            sale(2, plate="D 9999 ZZ"),
            sale(3),
            sale(4, branch="NOWHERE"),
            sale(5, phone="123"),
        ]
        preview = self.look_at(*lines)
        told = {line.line: (line.state, line.customer_name) for line in preview.line_ids}
        self.assertEqual(
            [state for _line, (state, _name) in sorted(told.items())],
            ["unchanged", "updated", "created", "rejected", "created"],
        )
        self.assertEqual(preview.line_ids.sorted()[0].state, "rejected")
        self.assertIn("NOWHERE", preview.line_ids.sorted()[0].text)
        self.assertEqual(
            {name for _state, name in told.values()}, {line[Column.NAME] for line in lines}
        )
        preview.action_start()
        self.run_cron("import")
        self.assertEqual(
            {row.line: row.state for row in preview.import_id.sudo().row_ids},
            {line: state for line, (state, _name) in told.items()},
        )

    def test_looking_changes_nothing(self):
        self.run_import(sale(1))
        preview = self.look_at(sale(1, plate="D 1 A"), sale(2), sale(3, product="Tipe Baru"))
        job = preview.import_id
        self.env.flush_all()
        before = self.rows_as_written(*LOOKED_AT)
        job.action_preview()
        self.env.flush_all()
        self.assertEqual(self.rows_as_written(*LOOKED_AT), before)
        self.assertEqual(job.state, "draft")
        self.assertTrue(job.data_file)
        self.assertFalse(job.row_ids)

    def test_columns_are_named(self):
        preview = self.look_at(SALE)
        self.assertIn("No Rangka", preview.columns_found)
        self.assertFalse(preview.columns_missing)

    def test_a_file_that_cannot_be_read_is_refused(self):
        job = (
            self.env["kpb.import"]
            .with_user(self.importer)
            .create({"filename": "x.csv", "data_file": base64.b64encode(b"a;b\n1;2\n")})
        )
        with self.assertRaises(UserError):
            job.action_preview()

    def test_what_was_started_is_not_looked_at(self):
        job = self.drop(as_csv(SALE))
        with self.assertRaisesRegex(UserError, "started before"):
            job.action_preview()
