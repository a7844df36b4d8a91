import json
from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import KpbCase

NIK = "3273011203900001"
SECRET = "catatan rahasia cabang"


class AskedSister(KpbCase):
    """A unit serviced at a sister branch whose manager is asked about it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sister_kacab = cls.make_member(cls.sister, "kacab", groups="kpb_group_manager")
        today = cls.branch._today()
        partner = cls.env["res.partner"].create(
            {"name": "Siti Eskalasi", "phone": "+6281234567890", "nik": NIK}
        )
        cls.unit = cls.make_purchase(today - timedelta(days=31), partner_id=partner.id)
        cls.other_unit = cls.make_purchase(today - timedelta(days=31))
        cls.env["kpb.generator"]._generate_chunk({cls.branch: today}, cls.unit | cls.other_unit)
        cls.call = cls.unit.followup_ids.filtered(lambda call: call.milestone_code == "kpb1")
        cls.other_call = cls.other_unit.followup_ids.filtered(
            lambda call: call.milestone_code == "kpb1"
        )
        cls.call.with_user(cls.sales).log_attempt("no_answer", note="Tidak diangkat")
        cls.visit = cls.env["kpb.visit"].create(
            {
                "purchase_id": cls.unit.id,
                "date": today,
                "place": "sister",
                "branch_id": cls.sister.id,
                "kpb_number": 1,
            }
        )
        cls.message = cls.call.message_post(body=SECRET)
        cls.attachment = cls.env["ir.attachment"].create(
            {"name": "ktp.txt", "raw": b"x", "res_model": "kpb.followup", "res_id": cls.call.id}
        )
        rule = cls.env.ref("daya_kpb_followup.kpb_escalation_rule_served_sister")
        cls.asked = cls.env["kpb.escalation"].create(
            {
                "followup_id": cls.call.id,
                "rule_id": rule.id,
                "level_id": rule.level_ids[2].id,
                "user_id": cls.sister_kacab.id,
                "branch_id": cls.branch.id,
                "raised_on": today,
                "due_on": today,
            }
        )
        cls.asked._create_activities()
        cls.env.flush_all()


class TestEscalationAccess(AskedSister):
    """Another branch's manager gets the one call and what he needs to act, and nothing else."""

    def as_sister(self, records):
        records = records.with_user(self.sister_kacab)
        records.invalidate_recordset()
        return records

    def test_he_reads_the_one_call_with_every_field(self):
        call = self.as_sister(self.call)
        row = call.read()[0]
        self.assertEqual(row["partner_id"][1], "Siti Eskalasi")
        self.assertFalse(row["message_ids"])
        self.assertFalse(row["attempt_ids"])
        self.assertFalse(row["earlier_ids"])
        self.assertNotIn(SECRET, str(row))
        self.assertNotIn(NIK, str(row))
        self.assertEqual(call.search([]), call)

    def test_he_reads_what_he_needs_to_act(self):
        asked = self.as_sister(self.asked)
        row = asked.read()[0]
        self.assertIn("7890", row["phone"])
        for words in ("Tidak diangkat", self.sister.name):
            self.assertIn(words, row["story"])
        self.assertIn("Tidak diangkat", row["conversation"])
        self.assertNotIn(NIK, str(row))
        self.assertNotIn(SECRET, str(row))
        self.assertTrue(row["may_reply"])
        self.assertFalse(row["may_open_followup"])
        views = asked.get_views([(False, "kanban"), (False, "list"), (False, "form")])
        self.assertIn("kanban", views["views"])

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_he_reads_nothing_else(self):
        for record in (
            self.unit,
            self.other_unit,
            self.other_call,
            self.call.attempt_ids,
            self.visit,
            self.message,
            self.attachment,
            self.call._own_activities(),
        ):
            record = self.as_sister(record)
            with self.subTest(record._name):
                self.assertFalse(record.search([("id", "in", record.ids)]))
                if record:
                    with self.assertRaises(AccessError):
                        record.read()
        files = self.env["ir.attachment"].with_user(self.sister_kacab)
        here = [("res_model", "=", "kpb.followup"), ("res_id", "=", self.call.id)]
        self.assertFalse(files.search(here))
        self.assertTrue(files.with_user(self.sales).search(here))
        with self.assertRaises(AccessError):
            self.call.partner_id.with_user(self.sister_kacab).read(["nik"])
        chain = self.env["kpb.escalation"].with_user(self.sister_kacab).search([])
        self.assertEqual(chain, self.asked)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_he_changes_nothing(self):
        call = self.call.with_user(self.sister_kacab)
        asked = self.asked.with_user(self.sister_kacab)
        for change in (
            lambda: call.write({"user_id": self.sister_kacab.id}),
            lambda: call.log_attempt("refused"),
            lambda: call.message_post(body="halo"),
            lambda: call.message_subscribe([self.sister_kacab.partner_id.id]),
            lambda: call.activity_schedule("mail.mail_activity_data_todo"),
            lambda: asked.write({"state": "resolved"}),
            asked.unlink,
            asked.copy,
            lambda: call.env["ir.attachment"].create(
                {"name": "x", "raw": b"x", "res_model": "kpb.followup", "res_id": call.id}
            ),
            lambda: asked.create({"followup_id": self.other_call.id}),
        ):
            with self.subTest(change), self.assertRaises(AccessError), self.cr.savepoint():
                change()

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_the_grant_ends_with_the_answer(self):
        self.asked.with_user(self.sister_kacab).reply("Sudah kami tangani", resolved=True)
        for record in (self.call, self.asked):
            record = self.as_sister(record)
            self.assertFalse(record.search([("id", "=", record.id)]))
            with self.assertRaises(AccessError):
                record.read(["display_name"])
        self.assertNotIn(self.sister_kacab.partner_id, self.call.message_partner_ids)
        self.assertTrue(self.call.with_user(self.sales).escalation_ids.answer)

    def test_after_his_answer_he_is_back_on_the_board(self):
        dialog = (
            self.env["kpb.escalation.reply"]
            .with_user(self.sister_kacab)
            .create({"escalation_id": self.asked.id, "resolved": True, "text": "Beres"})
        )
        action = dialog.action_reply()
        self.assertEqual((action["res_model"], action["target"]), ("kpb.escalation", "main"))

    def test_the_board_begins_with_his_own_role(self):
        levels = self.asked.rule_id.level_ids
        self.asked.copy({"level_id": levels[0].id, "user_id": self.pic_crm.id})
        roles = (levels[0] | levels[2]).role_id.sorted()
        self.assertEqual(roles.mapped("code"), ["pic_crm", "kacab"])
        for person, first in ((self.pic_crm, "pic_crm"), (self.kacab, "kacab")):
            board = self.env["kpb.escalation"].with_user(person)
            columns = board.web_read_group([("followup_id", "=", self.call.id)], ["role_id"])
            found = [column["role_id"][0] for column in columns["groups"]]
            self.assertEqual(sorted(found), sorted(roles.ids))
            self.assertEqual(roles.browse(found[0]).code, first)

    def test_who_may_work_on_the_call_reads_its_chatter(self):
        for person in (self.sales, self.kacab, self.pic_crm):
            call = self.call.with_user(person)
            self.assertIn(SECRET, str(call.message_ids.mapped("body")))
            self.assertTrue(self.attachment.with_user(person).read(["name"]))


@tagged("-at_install", "post_install")
class TestEscalationJson2(AskedSister, HttpCase):
    """The same over JSON-2 and the client's own routes."""

    def setUp(self):
        super().setUp()
        keys = self.env["res.users.apikeys"].with_user(self.sister_kacab)
        self.key = keys._generate("rpc", "test", datetime.now() + timedelta(hours=1))

    def post(self, model, method, **arguments):
        answer = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps({"context": {"lang": "en_US"}, **arguments}),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        self.env.invalidate_all()
        return answer.status_code, answer.json()

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_one_record_and_nothing_else(self):
        status, rows = self.post("kpb.followup", "search_read", domain=[])
        self.assertEqual((status, [row["id"] for row in rows]), (200, self.call.ids))
        self.assertNotIn(SECRET, str(rows))
        self.assertNotIn(NIK, str(rows))
        for model in ("kpb.purchase", "kpb.attempt", "kpb.visit", "kpb.validation"):
            self.assertEqual(self.post(model, "search_read", domain=[]), (200, []), model)
        for model, ids, method, arguments in (
            ("kpb.purchase", self.unit.ids, "read", {"fields": ["license_plate"]}),
            ("kpb.followup", self.other_call.ids, "read", {"fields": ["display_name"]}),
            ("mail.message", self.message.ids, "read", {"fields": ["body"]}),
            ("ir.attachment", self.attachment.ids, "read", {"fields": ["raw"]}),
            ("kpb.followup", self.call.ids, "write", {"vals": {"user_id": 1}}),
            ("kpb.followup", self.call.ids, "log_attempt", {"outcome": "refused"}),
            ("kpb.followup", self.call.ids, "message_post", {"body": "halo"}),
            ("res.partner", self.unit.partner_id.ids, "read", {"fields": ["nik"]}),
        ):
            status, answer = self.post(model, method, ids=ids, **arguments)
            self.assertEqual((status, answer["name"]), (403, "odoo.exceptions.AccessError"), model)
        status, _answer = self.post(
            "kpb.escalation", "reply", ids=self.asked.ids, text="Sudah", resolved=True
        )
        self.assertEqual((status, self.asked.state), (200, "resolved"))
        self.assertEqual(self.post("kpb.followup", "search_read", domain=[]), (200, []))
        status, _answer = self.post(
            "kpb.escalation", "reply", ids=self.asked.ids, text="Lagi", resolved=True
        )
        self.assertEqual(status, 403)

    def test_the_client_s_chatter_stays_shut(self):
        self.authenticate(self.sister_kacab.login, self.sister_kacab.login)
        place = {"thread_model": "kpb.followup", "thread_id": self.call.id}
        answer = self.url_open("/mail/thread/messages", json={"params": place}).json()
        self.assertNotIn(SECRET, str(answer))
        self.assertNotIn(self.message.id, answer["result"]["messages"])
        answer = self.url_open(
            "/mail/data",
            json={
                "params": {
                    "fetch_params": [
                        [
                            "mail.thread",
                            {**place, "request_list": ["followers", "attachments", "activities"]},
                        ]
                    ]
                }
            },
        ).json()
        self.assertNotIn("ktp.txt", str(answer))
        self.assertNotIn("followersCount", str(answer))
