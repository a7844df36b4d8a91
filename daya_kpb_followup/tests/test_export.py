import csv
import io
import json

from openpyxl import load_workbook

from odoo import Command, http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .call_case import CallCase

NAME = '=HYPERLINK("http://jahat.example.com";"klik")'
ARRAY = "{=SUM(1;2)}"
NIK = "3273015204900001"


@tagged("post_install", "-at_install")
class TestExport(CallCase, HttpCase):
    """A list as a file keeps text as text: numbers whole, and no formula out of a name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin_crm.group_ids = [Command.link(cls.env.ref("base.group_allow_export").id)]

    def setUp(self):
        super().setUp()
        self.unit = self.make_purchase(chassis_number="00123456789012345")
        self.call = self.make_call("kpb2", purchase=self.unit)
        self.unit.partner_id.write(
            {"name": NAME, "phone": "0812 0000 1111", "street": ARRAY, "nik": NIK}
        )
        self.authenticate(self.admin_crm.login, self.admin_crm.login)

    def export(self, kind, names, model="kpb.purchase", records=None, groupby=()):
        """Return the answer to an export as the web client asks for it."""
        records = self.unit if records is None else records
        asked = {
            "model": model,
            "fields": [{"name": name, "label": name, "type": "char"} for name in names],
            "ids": records.ids,
            "domain": [("id", "in", records.ids)],
            "groupby": list(groupby),
            "context": {},
            "import_compat": False,
        }
        return self.url_open(
            f"/web/export/{kind}",
            data={"data": json.dumps(asked), "csrf_token": http.Request.csrf_token(self)},
        )

    def cells(self, names, **asked):
        """Return the cells of an exported workbook below its heading."""
        answer = self.export("xlsx", names, **asked)
        self.assertEqual(answer.status_code, 200)
        sheet = load_workbook(io.BytesIO(answer.content)).active
        return [cell for row in sheet.iter_rows(min_row=2) for cell in row]

    def test_numbers_stay_whole_and_texts_stay_texts(self):
        cells = self.cells(["chassis_number", "phone", "engine_number"])
        self.assertEqual([cell.data_type for cell in cells], ["s", "s", "s"])
        self.assertEqual(
            [cell.value for cell in cells],
            ["00123456789012345", "0812-0000-1111", self.unit.engine_number],
        )

    def test_a_name_is_never_a_formula(self):
        for groupby in ((), ("branch_id",)):
            with self.subTest(groupby=groupby):
                cells = self.cells(["partner_id/name", "partner_id/street"], groupby=groupby)
                self.assertNotIn("f", [cell.data_type for cell in cells])
                texts = [cell.value for cell in cells]
                self.assertIn(NAME, texts)
                self.assertIn(ARRAY, texts)

    def test_links_and_numbers_are_written_as_before(self):
        self.unit.partner_id.write({"website": "http://daya.example.com"})
        cells = self.cells(["partner_id/website", "followup_count"])
        self.assertEqual(cells[0].hyperlink.target, "http://daya.example.com")
        self.assertEqual((cells[1].data_type, cells[1].value), ("n", 1))

    def test_a_csv_marks_what_would_be_a_formula(self):
        answer = self.export("csv", ["partner_id/name", "chassis_number"])
        row = list(csv.reader(io.StringIO(answer.content.decode())))[1]
        self.assertEqual(row, [f"'{NAME}", "00123456789012345"])

    def test_a_nik_leaves_only_with_those_who_may_read_it(self):
        with mute_logger("odoo.addons.web.controllers.export", "odoo.http"):
            refused = self.export("xlsx", ["partner_id/nik"])
        self.assertGreaterEqual(refused.status_code, 400)
        self.assertNotIn(NIK, refused.text)
        self.admin_crm.group_ids = [
            Command.link(self.env.ref("daya_kpb_followup.kpb_group_privacy").id)
        ]
        [cell] = self.cells(["partner_id/nik"])
        self.assertEqual((cell.data_type, cell.value), ("s", NIK))

    def test_the_ready_made_templates_can_be_exported(self):
        templates = [
            self.env.ref(f"daya_kpb_followup.ir_exports_kpb_{name}")
            for name in ("followup", "purchase", "import_row")
        ]
        for template in templates:
            names = template.export_fields.mapped("name")
            with self.subTest(template=template.name):
                rows = self.env[template.resource].search([], limit=2)
                self.assertEqual(len(rows.export_data(names)["datas"]), len(rows))
                self.assertFalse([name for name in names if "nik" in name.split("/")])
