from datetime import timedelta

from odoo.exceptions import ValidationError

from .call_case import BOUGHT, NOW, TODAY, CallCase


class TestVisitCorrection(CallCase):
    """What was entered wrongly is corrected by an administrator, and everything follows."""

    def visit(self, unit, **vals):
        """Record a visit of today at the own branch; return it as who corrects it sees it."""
        visits = self.env["kpb.visit"].with_user(self.admin_crm)
        vals = {"purchase_id": unit.id, "date": TODAY, "place": "own", **vals}
        return self.env["kpb.visit"].browse(visits.create(vals).id)

    def test_a_visit_that_never_was_opens_its_call_again(self):
        call = self.make_call("kpb2")
        visit = self.visit(call.purchase_id, kpb_number=2)
        visit.unlink()
        self.assertNext(call, "todo", TODAY)

    def test_a_corrected_coupon_opens_the_call_it_had_answered_and_closes_the_right_one(self):
        wrong = self.make_call("kpb2")
        right = self.make_call("kpb3", wrong.purchase_id)
        visit = self.visit(wrong.purchase_id, kpb_number=2)
        visit.kpb_number = 3
        self.assertNext(wrong, "todo", TODAY)
        self.assertFalse(wrong.visit_id)
        self.assertEnded(right, "done", "came")
        self.assertEqual(right.visit_id, visit)

    def test_a_corrected_day_answers_only_the_call_that_it_is_about(self):
        call = self.make_call("regular", self.make_purchase(BOUGHT.replace(year=2024)))
        visit = self.visit(call.purchase_id)
        visit.date = TODAY - timedelta(days=45)
        self.assertEnded(call, "done", "came")
        visit.date = TODAY - timedelta(days=46)
        self.assertNext(call, "todo", TODAY)
        visit.date = TODAY
        self.assertEnded(call, "done", "came")
        self.assertEqual(call.visit_id, visit)

    def test_a_visit_moved_to_another_unit_answers_there(self):
        wrong, right = self.make_call("kpb2"), self.make_call("kpb2")
        visit = self.visit(wrong.purchase_id, kpb_number=2)
        visit.purchase_id = right.purchase_id
        self.assertNext(wrong, "todo", TODAY)
        self.assertEnded(right, "done", "came")

    def test_a_call_that_cannot_be_made_any_more_stays_closed_and_nobody_came(self):
        call = self.make_call("kpb2")
        visit = self.visit(call.purchase_id, kpb_number=2)
        self.go_to(NOW + timedelta(days=200))
        visit.kpb_number = 3
        self.assertEnded(call, "failed", "expired")
        self.assertFalse(call.visit_id)

    # the place
    def test_a_corrected_place_is_how_the_call_ended(self):
        call = self.make_call("kpb2")
        visit = self.visit(call.purchase_id, kpb_number=2)
        visit.write({"place": "sister", "branch_id": self.sister.id})
        self.assertEnded(call, "done", "served_sister")
        visit.write({"place": "elsewhere", "dealer_name": "Bengkel Maju"})
        self.assertEnded(call, "done", "served_elsewhere")
        self.assertEqual(call.purchase_id.status, "at_risk")
        visit.place = "own"
        self.assertEnded(call, "done", "came")
        self.assertEqual((call.purchase_id.status, visit.branch_id), ("active", self.branch))

    def test_a_place_of_no_call_changes_no_call(self):
        call = self.make_call("kpb2")
        self.visit(call.purchase_id, kpb_number=1).write({"place": "sister"})
        self.assertNext(call, "todo", TODAY)

    def test_the_chain_about_a_wrong_place_ends_with_the_reason(self):
        call = self.make_call("kpb2")
        vals = {"place": "sister", "branch_id": self.sister.id}
        visit = self.visit(call.purchase_id, kpb_number=2, **vals)
        self.run_cron("escalate")
        asked = call.escalation_ids
        self.assertEqual((asked.rule_id.trigger, asked.state), ("served_sister", "open"))
        asked.user_id.lang = "en_US"
        visit.place = "own"
        self.assertEqual(asked.state, "resolved")
        self.assertIn("The visit was corrected: Came to the branch", asked.answer)
        self.assertFalse(asked.activity_ids)
        self.run_cron("escalate")
        self.assertEqual(call.escalation_ids, asked, "and nobody is asked again")

    # the coupon
    def test_a_coupon_that_is_used_is_not_taken_by_a_correction(self):
        unit = self.make_purchase(BOUGHT, license_plate="D 4512 AB")
        self.visit(unit, kpb_number=1, date=BOUGHT + timedelta(days=30))
        second = self.visit(unit, kpb_number=2)
        self.assertRefused(
            lambda: second.write({"kpb_number": 1}),
            "KPB 1",
            "D 4512 AB",
            self.branch.name,
            error=ValidationError,
        )
        second.write({"kpb_number": 2, "note": "the same again"})

    # the evidence
    def test_lost_keeps_in_line_with_corrected_evidence(self):
        unit = self.make_purchase(BOUGHT.replace(year=2025))
        vals = {"place": "elsewhere", "dealer_name": "Bengkel Maju"}
        visit = self.visit(unit, **vals)
        self.assertEqual((unit.status, unit.lost_date), ("lost", TODAY))
        visit.write({"date": TODAY - timedelta(days=3), "dealer_name": "AHASS Jaya"})
        self.assertEqual((unit.status, unit.lost_date), ("lost", TODAY - timedelta(days=3)))
        self.assertIn("AHASS Jaya", unit.lost_note)
        visit.unlink()
        self.assertEqual((unit.status, unit.lost_note), ("active", False))

    def test_a_visit_taken_back_from_a_lost_customer_leaves_a_call_for_his_return(self):
        call = self.make_call("kpb2")
        unit = call.purchase_id
        visit = self.visit(unit, kpb_number=2)
        unit.action_set_lost(self.env.ref("daya_kpb_followup.kpb_lost_reason_price").id)
        visit.unlink()
        self.assertEnded(call, "cancelled", "lost")
        unit.action_reopen()
        self.assertNext(call, "todo", TODAY)

    def test_a_visit_taken_back_from_a_sold_unit_leaves_no_call(self):
        call = self.make_call("kpb2")
        sold = self.make_call("kpb3", call.purchase_id)
        visit = self.visit(call.purchase_id, kpb_number=2)
        self.log(sold, "unit_sold")
        visit.unlink()
        self.assertEnded(call, "cancelled", "withdrawn")
