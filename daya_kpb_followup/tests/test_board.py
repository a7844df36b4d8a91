from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from .call_case import TODAY, CallCase


class TestBoard(CallCase):
    """Decision 7: a card is moved by hand to LOST only, with a reason."""

    def setUp(self):
        super().setUp()
        self.call = self.make_call("kpb2")
        self.unit = self.call.purchase_id.with_user(self.kacab)
        self.unhappy = self.env.ref("daya_kpb_followup.kpb_lost_reason_unhappy")

    def drop(self, stage):
        """Drag the card to a column; return the answer."""
        return self.unit.action_drop(self.env.ref(f"daya_kpb_followup.kpb_stage_{stage}").id)

    def test_lost_asks_for_the_reason(self):
        answer = self.drop("lost")
        self.assertEqual((answer["res_model"], answer["target"]), ("kpb.lost", "new"))
        self.assertEqual(self.unit.status, "active", "nothing has happened yet")
        dialog = Form(self.env["kpb.lost"].with_user(self.kacab).with_context(**answer["context"]))
        with self.assertRaises(AssertionError):
            dialog.save()
        dialog.reason_id = self.unhappy
        dialog.note = "Antrean terlalu lama"
        dialog.save().action_confirm()
        self.assertEqual((self.unit.status, self.unit.lost_date), ("lost", TODAY))
        self.assertEqual(self.unit.stage_id, self.env.ref("daya_kpb_followup.kpb_stage_lost"))
        self.assertEnded(self.call, "cancelled", "lost")

    def test_any_other_column_is_refused_with_a_sentence(self):
        for stage in ("stnk", "kpb1", "kpb3", "regular", "renewal", "prospect", "stopped"):
            with self.subTest(stage=stage):
                answer = self.drop(stage)
                self.assertEqual(answer["tag"], "display_notification")
                self.assertIn("follows from the facts", answer["params"]["message"])
        self.assertEqual(self.unit.status, "active")

    def test_a_card_that_was_given_up_is_reopened_not_dragged(self):
        self.unit.action_set_lost(self.unhappy.id)
        for stage in ("lost", "kpb2"):
            self.assertIn("Reopen", self.drop(stage)["params"]["message"])

    def test_several_units_from_the_list(self):
        units = self.unit + self.make_purchase(TODAY).with_user(self.kacab)
        action = units.action_ask_lost()
        dialog = Form(self.env["kpb.lost"].with_user(self.kacab).with_context(**action["context"]))
        dialog.reason_id = self.unhappy
        dialog.save().action_confirm()
        self.assertEqual(set(units.mapped("status")), {"lost"})

    def test_strangers_get_no_dialog(self):
        for act in ("action_ask_lost", "action_ask_transfer"):
            with self.assertRaises(AccessError):
                getattr(self.unit.with_user(self.sister_admin), act)()

    def test_the_new_owner_is_a_customer_on_file_or_a_new_one(self):
        action = self.unit.action_ask_transfer()
        dialog = Form(
            self.env["kpb.transfer"].with_user(self.kacab).with_context(**action["context"])
        )
        with self.assertRaisesRegex(UserError, "New owner"):
            dialog.save().action_confirm()
        dialog.name = " Dewi  Baru "
        dialog.phone = "0813 9999 8888"
        dialog.save().action_confirm()
        self.assertEqual(self.unit.partner_id.name, "Dewi Baru")
        self.assertEqual(self.call.partner_id, self.unit.partner_id)
