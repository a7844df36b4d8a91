from odoo.tests import HttpCase, tagged

from .test_escalation_access import AskedSister


@tagged("post_install", "-at_install")
class TestTourEscalation(AskedSister, HttpCase):
    """In Chromium: a branch manager answers from the board, and the caller sees the answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("id_ID")
        (cls.sales | cls.kacab | cls.sister_kacab).lang = "id_ID"

    def tour(self, path, name, person):
        self.start_tour(path, name, login=person.login)
        self.env.invalidate_all()

    def test_a_kacab_answers_and_the_caller_sees_it(self):
        rule = self.asked.rule_id
        own = self.env["kpb.escalation"].create(
            {
                "followup_id": self.call.id,
                "rule_id": rule.id,
                "level_id": rule.level_ids[1].id,
                "user_id": self.kacab.id,
                "branch_id": self.branch.id,
                "raised_on": self.asked.raised_on,
                "due_on": self.asked.due_on,
            }
        )
        own._create_activities()
        self.asked.sudo()._answer("passed_on", "Tolong Kacab sendiri", self.sister_kacab)
        self.tour("/odoo/kpb-escalations", "kpb_escalation_answer", self.kacab)
        self.assertEqual((own.state, own.answer), ("resolved", "Sudah saya telepon sendiri"))
        self.tour(f"/odoo/kpb-followups/{self.call.id}", "kpb_escalation_answer_seen", self.sales)

    def test_a_sister_s_kacab_answers_the_one_card_and_is_back_on_the_board(self):
        self.tour("/odoo/kpb-escalations", "kpb_escalation_sister", self.sister_kacab)
        self.assertEqual(self.asked.state, "passed_on")
        self.assertEqual(self.asked.answer, "Konsumen mau kembali ke cabang sendiri")
