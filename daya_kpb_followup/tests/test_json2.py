import json
from datetime import datetime, timedelta

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import KpbCase


@tagged("-at_install", "post_install")
class TestJson2(KpbCase, HttpCase):
    """The contract's calls over JSON-2, with a key of one's own and no more rights than that."""

    def setUp(self):
        super().setUp()
        self.call = self.make_call()
        self.headers = {
            user: {
                "Authorization": f"Bearer {self.make_key(user)}",
                "Content-Type": "application/json",
            }
            for user in (self.admin_crm, self.sister_admin)
        }

    def make_call(self):
        """Return an open KPB 2 call of the branch, due today."""
        unit = self.make_purchase()
        milestone = unit.schedule_id.milestone_ids.filtered(lambda line: line.code == "kpb2")
        today = self.branch._today()
        call = self.env["kpb.followup"].create(
            {
                "purchase_id": unit.id,
                "partner_id": unit.partner_id.id,
                "branch_id": self.branch.id,
                "milestone_id": milestone.id,
                "role_id": milestone.role_id.id,
                "user_id": self.admin_crm.id,
                "planned_date": today,
                "deadline": today,
            }
        )
        call._project_activities()
        return call

    def make_key(self, user):
        """Return an API key of a user."""
        keys = self.env["res.users.apikeys"].with_user(user)
        return keys._generate("rpc", "test", datetime.now() + timedelta(hours=1))

    def post(self, method, user, model="kpb.followup", records=None, **arguments):
        """Call a public method as a program would; return (status, answer)."""
        records = self.call if records is None else records
        answer = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps({"ids": records.ids, "context": {"lang": "en_US"}, **arguments}),
            headers=self.headers[user],
        )
        self.env.invalidate_all()
        return answer.status_code, answer.json()

    def test_log_attempt(self):
        status, attempt_ids = self.post(
            "log_attempt", self.admin_crm, outcome="no_answer", channel="whatsapp", note="Lewat API"
        )
        self.assertEqual(status, 200)
        attempt = self.call.attempt_ids
        self.assertEqual(attempt_ids, attempt.ids)
        self.assertEqual(
            (attempt.outcome, attempt.channel, attempt.user_id),
            ("no_answer", "whatsapp", self.admin_crm),
        )
        self.assertGreater(self.call.deadline, self.branch._today())

    def test_an_appointment_with_its_offset(self):
        day = self.branch._working_day(self.branch._today() + timedelta(days=3))
        while day.weekday() >= 5:
            day = self.branch._working_day(day + timedelta(days=1))
        status, _answer = self.post(
            "log_attempt",
            self.admin_crm,
            outcome="will_come",
            appointment_at=f"{day}T09:30:00+07:00",
        )
        self.assertEqual((status, self.call.state), (200, "appointment"))
        self.assertEqual(self.call.appointment_at, datetime(day.year, day.month, day.day, 2, 30))

    @mute_logger("odoo.http")
    def test_a_refusal_is_a_sentence(self):
        for arguments, words in (
            ({"outcome": "picked_up"}, "does not fit"),
            ({"outcome": "entah"}, "is not known"),
            ({"outcome": "will_come", "appointment_at": "besok"}, "not a date and time"),
            ({"outcome": "will_come", "appointment_at": "2020-01-01 02:00:00"}, "has passed"),
            ({"outcome": "call_back"}, "enter the day"),
        ):
            status, answer = self.post("log_attempt", self.admin_crm, **arguments)
            self.assertEqual(status, 422)
            self.assertIn(words, answer["message"])
        self.assertFalse(self.call.attempt_ids)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_another_branch_is_refused(self):
        for method, arguments in (
            ("log_attempt", {"outcome": "no_answer"}),
            ("action_undo_last_attempt", {}),
            ("write", {"vals": {"state": "done"}}),
        ):
            status, answer = self.post(method, self.sister_admin, **arguments)
            self.assertEqual((status, answer["name"]), (403, "odoo.exceptions.AccessError"))
        self.assertFalse(self.call.attempt_ids)
        self.assertEqual(self.call.state, "todo")

    @mute_logger("odoo.http")
    def test_what_is_private_is_not_called(self):
        for method, arguments in (
            ("_log_without_outcome", {"note": "x"}),
            ("_close", {"state": "done", "result": "came"}),
            ("_note_no_show", {}),
        ):
            status, _answer = self.post(method, self.admin_crm, **arguments)
            self.assertNotEqual(status, 200)
        status, answer = self.post("write", self.admin_crm, vals={"state": "done"})
        self.assertEqual(status, 422)
        self.assertIn("Log a result instead", answer["message"])
        self.assertEqual(self.call.state, "todo")

    def test_undo(self):
        self.post("log_attempt", self.admin_crm, outcome="refused")
        self.assertEqual(self.call.state, "failed")
        status, _answer = self.post("action_undo_last_attempt", self.admin_crm)
        self.assertEqual((status, self.call.state), (200, "todo"))

    def test_validate_customer(self):
        status, row_ids = self.post(
            "validate_customer",
            self.admin_crm,
            model="kpb.purchase",
            records=self.call.purchase_id,
            channel="odm",
            values={"phone": "0812-3456-789", "name": True},
            reference="ODM/1",
        )
        self.assertEqual(status, 200)
        rows = self.env["kpb.validation"].browse(row_ids)
        self.assertEqual(rows.mapped("reference"), ["ODM/1", "ODM/1"])
        self.assertEqual(self.call.partner_id.phone, "+628123456789")
