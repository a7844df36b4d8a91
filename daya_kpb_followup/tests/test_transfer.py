from datetime import timedelta

from odoo.exceptions import AccessError, UserError

from .call_case import BOUGHT, TODAY, CallCase
from .test_log_attempt import FIVE_ITEMS


class TestTransfer(CallCase):
    """A unit changes hands: the calls that are left go to the new owner, or end."""

    def setUp(self):
        super().setUp()
        self.owner = self.env["res.partner"].create({"name": "Dewi Baru", "phone": "+628139999"})
        self.call = self.make_call("kpb2")
        self.unit = self.call.purchase_id
        self.before = self.unit.partner_id

    def transfer(self, owner=None, user=None, **vals):
        """Hand the unit to its new owner."""
        self.unit.with_user(user or self.admin_crm).action_transfer(
            (owner or self.owner).id, **vals
        )

    def test_unit_sold_without_a_known_owner_ends_the_calls(self):
        self.log(self.call, "unit_sold")
        self.assertEnded(self.call, "cancelled", "unit_sold")
        self.assertEqual((self.unit.status, self.unit.next_followup_date), ("stopped", False))

    def test_the_calls_go_on_with_the_new_owner(self):
        self.transfer(note="Dijual ke tetangga")
        self.assertEqual(self.unit.partner_id, self.owner)
        self.assertEqual(self.call.partner_id, self.owner)
        self.assertNext(self.call, "todo", TODAY)
        self.assertIn("Dewi Baru", self.call.activity_ids.summary)
        self.assertTrue(self.unit.next_followup_date)
        said = self.unit.message_ids[:1].body
        for words in (self.before.name, "Dewi Baru", "Dijual ke tetangga"):
            self.assertIn(words, said)

    def test_known_only_later_it_opens_what_was_ended(self):
        self.log(self.call, "unit_sold")
        self.transfer()
        self.assertEqual(self.unit.status, "active")
        self.assertNext(self.call, "todo", TODAY)
        self.assertEqual(self.call.partner_id, self.owner)

    def test_what_the_old_owner_did_does_not_count_against_the_new_one(self):
        self.env["kpb.visit"].create(
            {
                "purchase_id": self.unit.id,
                "date": BOUGHT,
                "place": "elsewhere",
                "dealer_name": "Bengkel Maju",
            }
        )
        self.assertEqual(self.unit.status, "at_risk")
        self.transfer()
        self.assertEqual((self.unit.status, self.unit.evidence_ids.ids), ("active", []))

    def test_a_new_owner_who_wants_no_calls_gets_none(self):
        self.owner.kpb_do_not_contact = True
        self.transfer()
        self.assertEnded(self.call, "cancelled", "do_not_contact")

    def test_calls_that_the_owner_before_did_not_want_go_to_the_new_one(self):
        self.before.kpb_do_not_contact = True
        self.assertEnded(self.call, "cancelled", "do_not_contact")
        self.transfer()
        self.assertNext(self.call, "todo", TODAY)
        self.assertEqual(self.call.partner_id, self.owner)

    def test_a_prospects_unit_goes_on_with_its_new_owner_from_that_day(self):
        unit = self.make_purchase(BOUGHT.replace(year=2023))
        offer = self.make_call("renewal", unit, user=self.sales)
        unit.partner_id.write(FIVE_ITEMS)
        self.log(offer, "interested")
        buyer, lead = unit.partner_id, unit.lead_id
        self.days_on(40)
        unit.with_user(self.admin_crm).action_transfer(self.owner.id)
        self.assertEqual((unit.status, unit.calls_from), ("active", TODAY + timedelta(days=40)))
        self.generate()
        self.assertEqual(unit.followup_ids, offer, "what lapsed meanwhile is no failure")
        self.assertEqual((unit.lead_id, lead.partner_id), (lead, buyer), "the yes was his")
        new = self.make_purchase(TODAY, partner_id=buyer.id)
        self.assertEqual((new.replaces_id, lead.kpb_new_purchase_id), (unit, new))
        other = self.make_purchase(TODAY, partner_id=self.owner.id)
        self.assertFalse(other.replaces_id, "the new owner was not offered anything")

    def test_closed_calls_stay_with_whom_they_were_made_to(self):
        self.log(self.call, "refused")
        self.transfer()
        self.assertEqual(self.call.partner_id, self.before)

    def test_a_corrected_customer_takes_the_calls_along(self):
        self.unit.with_user(self.admin_crm).partner_id = self.owner
        self.assertEqual(self.call.partner_id, self.owner)

    def test_refused_without_owner_to_the_same_or_by_strangers(self):
        with self.assertRaisesRegex(UserError, "choose or enter"):
            self.unit.action_transfer(False)
        with self.assertRaisesRegex(UserError, "has this unit already"):
            self.transfer(self.before)
        with self.assertRaises(AccessError):
            self.transfer(user=self.sister_admin)
