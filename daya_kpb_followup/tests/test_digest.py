from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .call_case import TODAY, CallCase, utc


@tagged("post_install", "-at_install")
class TestDigest(CallCase):
    """The digest mail tells each manager the figures of his own branches, and nobody else any."""

    KPIS = ("kpi_kpb_calls", "kpi_kpb_came", "kpi_kpb_validated", "kpi_kpb_lost")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chief = cls.make_member(cls.head_office, "pic_crm", groups="kpb_group_manager")
        cls.digest = cls.env["digest.digest"].create(
            {"name": "Uji", "periodicity": "weekly", **dict.fromkeys(cls.KPIS, True)}
        )

    def figures(self, user):
        """Return name → the figure of the last week, as the mail for a person shows it."""
        self.env.flush_all()
        kpis = self.digest._compute_kpis(self.env.company, user)
        return {
            kpi["kpi_name"].removeprefix("kpi_kpb_"): kpi["kpi_col2"]["value"]
            for kpi in kpis
            if kpi["kpi_name"] in self.KPIS
        }

    def make_week(self):
        yesterday = fields.Datetime.now() - timedelta(days=1)
        first, second = self.make_call("kpb2"), self.make_call("kpb3")
        self.log(first, "no_answer")
        self.log(second, "no_answer")
        second.with_user(self.admin_crm).action_undo_last_attempt()
        self.make_call("kpb4").write({"state": "done", "result": "came", "closed_at": yesterday})
        old = {"state": "done", "result": "came", "closed_at": yesterday - timedelta(days=60)}
        self.make_call("kpb4").write(old)
        first.partner_id.street = "Jl. Uji 1"
        first.purchase_id.validate_customer("phone", {"name": True, "address": True})
        lost = self.make_purchase()
        lost.action_set_lost(self.env.ref("daya_kpb_followup.kpb_lost_reason_no_visit").id)
        lost.lost_date = TODAY - timedelta(days=1)
        other = self.make_call("kpb2", branch=self.sister, user=self.sister_admin)
        self.log(other, "no_answer")
        self.env["kpb.attempt"].flush_model()
        # the mail tells of what lies behind it
        self.go_to(fields.Datetime.now() + timedelta(hours=1))

    def test_each_manager_reads_of_his_own_branches(self):
        self.make_week()
        self.assertEqual(
            self.figures(self.kacab), {"calls": 1, "came": 1, "validated": 2, "lost": 1}
        )
        self.assertEqual(
            self.figures(self.chief), {"calls": 2, "came": 1, "validated": 2, "lost": 1}
        )

    def test_the_days_of_a_digest_are_those_of_the_branch(self):
        """After midnight at the branch its last day is over, although the server's goes on."""
        unit = self.make_purchase()
        unit.action_set_lost(self.env.ref("daya_kpb_followup.kpb_lost_reason_no_visit").id)
        self.assertEqual(unit.lost_date, TODAY)
        self.go_to(utc(TODAY, 23, 30))
        self.assertEqual(self.figures(self.kacab)["lost"], 0)
        self.go_to(utc(TODAY + timedelta(days=1), 0, 30))
        self.assertEqual(self.figures(self.kacab)["lost"], 1)

    def test_callers_read_none(self):
        self.make_week()
        self.assertEqual(self.figures(self.admin_crm), {})

    def test_the_mail_is_made(self):
        self.make_week()
        self.digest.user_ids = self.kacab
        self.kacab.write({"email": "kacab@example.com", "lang": "en_US"})
        self.digest.action_send()
        mail = self.env["mail.mail"].search([("email_to", "like", "kacab@example.com")])
        self.assertEqual(len(mail), 1)
        self.assertIn("KPB: Calls Made", mail.body_html)
        self.assertIn("kpb_dashboard_action", mail.body_html)

    def test_the_default_digest_carries_the_figures(self):
        default = self.env.ref("digest.digest_digest_default")
        self.assertTrue(all(default[name] for name in self.KPIS))
