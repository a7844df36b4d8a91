from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import KpbCase


@tagged("post_install", "-at_install")
class TestTourCall(KpbCase, HttpCase):
    """Admin CRM H2 at the screen, in Indonesian: the call as it is made all day long."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("id_ID")
        cls.admin_crm.lang = "id_ID"
        cls.partner_calls = {
            name: cls.make_call(name, days_late)
            for name, days_late in (("Uji Satu", 3), ("Uji Dua", 2), ("Uji Tiga", 1))
        }
        cls.partner_calls["Uji Tiga"].partner_id.phone = "0812 3456 7890"

    @classmethod
    def make_call(cls, name, days_late):
        """Return an open KPB 2 call, so many days late, in the list of Admin CRM H2."""
        today = cls.branch._today()
        purchase = cls.make_purchase(
            today - timedelta(days=90 + days_late),
            partner_id=cls.env["res.partner"].create({"name": name}).id,
        )
        milestone = purchase.schedule_id.milestone_ids.filtered(lambda line: line.code == "kpb2")
        day = today - timedelta(days=days_late)
        call = cls.env["kpb.followup"].create(
            {
                "purchase_id": purchase.id,
                "partner_id": purchase.partner_id.id,
                "branch_id": purchase.branch_id.id,
                "milestone_id": milestone.id,
                "role_id": milestone.role_id.id,
                "user_id": cls.admin_crm.id,
                "planned_date": day,
                "first_deadline": day,
                "deadline": day,
            }
        )
        call._project_activities()
        return call

    def tour(self, name):
        """Play a tour as Admin CRM H2."""
        self.start_tour("/odoo/kpb-my-followups", name, login=self.admin_crm.login)
        self.env.invalidate_all()

    def test_no_answer_in_three_clicks(self):
        self.tour("kpb_call_no_answer")
        call = self.partner_calls["Uji Satu"]
        self.assertEqual(
            call.attempt_ids.sorted("id").mapped(lambda row: (row.outcome, row.undone)),
            [("no_answer", True), (False, False), ("unreachable", False)],
        )
        self.assertGreater(call.deadline, self.branch._today())
        self.assertFalse(self.partner_calls["Uji Dua"].attempt_ids)

    def test_weekend_needs_a_reason(self):
        self.tour("kpb_call_weekend")
        call = self.partner_calls["Uji Dua"]
        self.assertEqual(call.state, "appointment")
        self.assertEqual(self.branch._local(call.appointment_at).weekday(), 5)
        self.assertEqual(call.weekend_reason, "Kerja shift Senin sampai Jumat")
        self.assertEqual(call.attempt_ids.note, "Bawa dua motor")

    def test_whatsapp_and_data(self):
        self.tour("kpb_call_reach_and_data")
        call = self.partner_calls["Uji Tiga"]
        attempt = call.attempt_ids
        self.assertEqual((attempt.channel, attempt.outcome), ("whatsapp", False))
        ledger = call.purchase_id.validation_ids.sorted("id")
        self.assertEqual(
            ledger.mapped(lambda row: (row.item, row.channel, row.new_value, row.user_id)),
            [
                ("phone", "phone", "+6281234567890", self.admin_crm),
                ("address", "phone", "Jl. Braga No. 5", self.admin_crm),
            ],
        )
        self.assertFalse(call.partner_id.nik)

    def test_mark_done_asks_for_the_outcome(self):
        self.env["res.partner"].create({"name": "Bukan telepon"}).activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=fields.Date.today(),
            summary="Bukan telepon",
            user_id=self.admin_crm.id,
        )
        self.partner_calls["Uji Dua"].activity_schedule(
            "mail.mail_activity_data_call", summary="Tambahan", user_id=self.admin_crm.id
        )
        self.tour("kpb_mark_done")
        for name in ("Uji Dua", "Uji Tiga"):
            self.assertEqual(self.partner_calls[name].attempt_ids.outcome, "no_answer")
        self.assertFalse(self.partner_calls["Uji Satu"].attempt_ids)
