from odoo.exceptions import UserError

from .call_case import BOUGHT, NOW, TODAY, CallCase
from .test_log_attempt import FIVE_ITEMS


class TestOffer(CallCase):
    """P9: the offer at 36 months becomes one opportunity, or the end."""

    def setUp(self):
        super().setUp()
        self.unit = self.make_purchase(BOUGHT.replace(year=2023), license_plate="D 4512 AB")
        self.call = self.make_call("renewal", self.unit, user=self.sales)

    def accept(self, call=None):
        """Let the customer say yes; return the opportunity."""
        call = call or self.call
        call.partner_id.write(FIVE_ITEMS)
        self.log(call, "interested", note="Mau PCX")
        return call.purchase_id.lead_id

    def test_yes_asks_for_the_five_items_and_lists_what_is_missing(self):
        self.unit.partner_id.write({"phone": "+628123456789"})
        self.assertRefused(
            lambda: self.log(self.call, "interested"),
            "Address, KTP Number, Place and Date of Birth",
        )
        self.unit.with_user(self.sales).validate_customer(
            "phone",
            {
                "address": "Jl. Cihampelas 1",
                "nik": FIVE_ITEMS["nik"],
                "birth": {"place": "Bandung", "date": "1990-05-01"},
            },
        )
        self.log(self.call, "interested")
        self.assertTrue(self.unit.lead_id)

    def test_yes_becomes_one_opportunity_of_the_sellers_team(self):
        team = self.env["crm.team"].create({"name": "Tim Uji", "member_ids": [(4, self.sales.id)]})
        lead = self.accept()
        self.assertEqual(
            (lead.type, lead.partner_id, lead.user_id, lead.team_id),
            ("opportunity", self.unit.partner_id, self.sales, team),
        )
        self.assertEqual((lead.kpb_purchase_id, lead.kpb_branch_id), (self.unit, self.branch))
        for words in ("Vario 125 Uji", "D 4512 AB", self.branch.name, "Mau PCX"):
            self.assertIn(words, lead.description)
        self.assertEqual(self.unit.status, "prospect")
        self.assertEqual(self.unit.stage_id, self.env.ref("daya_kpb_followup.kpb_stage_prospect"))
        self.assertFalse(self.unit.next_followup_date)

    def test_never_two_for_one_offer(self):
        lead = self.accept()
        self.assertRefused(lambda: self.log(self.call, "interested"), "closed")
        self.unit._open_opportunity("lagi")
        self.assertEqual(self.unit.lead_id, lead)
        leads = self.env["crm.lead"]
        self.assertEqual(leads.search_count([("kpb_purchase_id", "=", self.unit.id)]), 1)
        self.assertFalse(lead.copy().kpb_purchase_id, "a copy is not the offer's")

    def test_a_deleted_opportunity_leaves_a_prospect(self):
        self.accept().unlink()
        self.unit.invalidate_recordset()
        self.assertEqual((self.unit.lead_id.id, self.unit.status), (False, "prospect"))

    def test_merged_opportunities_keep_the_unit(self):
        lead = self.accept()
        other = self.env["crm.lead"].create(
            {
                "name": "Pameran",
                "type": "opportunity",
                "partner_id": self.unit.partner_id.id,
                "probability": 90,
            }
        )
        merged = (lead + other).merge_opportunity()
        self.unit.invalidate_recordset()
        self.assertEqual(self.unit.lead_id, merged)
        self.assertEqual((merged.kpb_purchase_id, merged.kpb_branch_id), (self.unit, self.branch))

    def test_a_seller_who_has_left_leaves_the_opportunity_to_the_team(self):
        self.sales.active = False
        self.call.user_id = self.admin_crm
        lead = self.accept()
        self.assertTrue(lead)
        self.assertFalse(lead.user_id)

    # the next unit
    def test_the_next_purchase_is_linked_to_the_offer(self):
        lead = self.accept()
        new = self.make_purchase(TODAY, partner_id=self.unit.partner_id.id)
        self.assertEqual(new.replaces_id, self.unit)
        self.assertEqual(self.unit.replaced_by_ids, new)
        self.assertEqual(lead.kpb_new_purchase_id, new)
        self.assertEqual(new.next_milestone_id.code, "stnk")
        third = self.make_purchase(TODAY, partner_id=self.unit.partner_id.id)
        self.assertFalse(third.replaces_id, "one offer, one next unit")

    def test_purchases_that_no_offer_led_to_stand_alone(self):
        same = self.make_purchase(TODAY, partner_id=self.unit.partner_id.id)
        self.assertFalse(same.replaces_id, "nobody had accepted yet")
        self.accept()
        self.assertFalse(self.make_purchase(TODAY).replaces_id, "another customer")
        older = self.make_purchase(BOUGHT.replace(year=2022), partner_id=self.unit.partner_id.id)
        self.assertFalse(older.replaces_id, "bought before the old unit")

    def test_the_offer_of_another_branch_is_found(self):
        self.accept()
        new = self.make_purchase(TODAY, branch=self.sister, partner_id=self.unit.partner_id.id)
        self.assertEqual(new.replaces_id, self.unit)

    # no
    def test_no_ends_every_call_and_can_be_reopened(self):
        regular = self.make_call("regular", self.unit)
        self.log(self.call, "not_interested", note="Sudah beli mobil")
        self.assertEnded(self.call, "done", "not_interested")
        self.assertEnded(regular, "cancelled", "not_interested")
        self.assertEqual((self.unit.status, self.unit.next_followup_date), ("stopped", False))
        self.go_to(NOW)
        self.run_cron("generate")
        self.assertFalse(self.unit.followup_ids.filtered(lambda c: c.state == "todo"))
        self.unit.with_user(self.kacab).action_reopen()
        self.assertEqual(self.unit.status, "active")
        self.assertNext(self.call, "todo", TODAY)
        self.assertTrue(self.accept())

    def test_an_offer_made_again_long_after_stays_for_its_full_time(self):
        self.log(self.call, "not_interested")
        self.days_on(100)
        self.unit.with_user(self.kacab).action_reopen()
        for days in (101, 160):
            self.days_on(days)
            self.run_cron("lifecycle")
            self.assertEqual(self.call.state, "todo")
        self.days_on(161)
        self.run_cron("lifecycle")
        self.assertEnded(self.call, "failed", "expired")

    def test_a_stopped_unit_takes_no_result(self):
        self.log(self.call, "not_interested")
        with self.assertRaisesRegex(UserError, "closed"):
            self.log(self.call, "interested")
