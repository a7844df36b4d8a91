from datetime import timedelta

from .call_case import NOW, TODAY, CallCase

SERVICE = ("kpb1", "kpb2", "regular")


class TestDoNotContact(CallCase):
    """UU PDP: a customer who does not want to be called is not, about that, in any branch."""

    def make_calls(self, partner=None):
        """Return code → call, for every kind, of one customer with units in two branches."""
        partner = partner or self.env["res.partner"].create({"name": "Asep Sunandar"})
        units = [
            self.make_purchase(branch=branch, partner_id=partner.id)
            for branch in (self.branch, self.sister)
        ]
        return {
            code: self.make_call(code, units[number % 2])
            for number, code in enumerate(("stnk", *SERVICE, "renewal"))
        }

    def assertRefusedCodes(self, calls, refused):
        for code, call in calls.items():
            with self.subTest(code=code):
                if code in refused:
                    self.assertEnded(call, "cancelled", "do_not_contact")
                else:
                    self.assertNext(call, "todo", TODAY)

    def test_open_calls_end_for_what_was_refused(self):
        for field, refused in (
            ("kpb_do_not_contact", ("stnk", *SERVICE, "renewal")),
            ("kpb_no_service_calls", SERVICE),
            ("kpb_no_offer_calls", ("renewal",)),
        ):
            with self.subTest(field=field):
                calls = self.make_calls()
                calls["stnk"].partner_id.with_user(self.admin_crm).write(
                    {field: True, "kpb_do_not_contact_reason": "Minta lewat WA"}
                )
                self.assertRefusedCodes(calls, refused)
                self.assertEqual(calls["stnk"].partner_id.kpb_do_not_contact_date, TODAY)

    def test_nothing_is_generated_for_what_was_refused(self):
        for field, refused in (
            ("kpb_do_not_contact", {"stnk", "kpb", "regular", "renewal"}),
            ("kpb_no_service_calls", {"kpb", "regular"}),
            ("kpb_no_offer_calls", {"renewal"}),
            (None, set()),
        ):
            with self.subTest(field=field):
                partner = self.env["res.partner"].create(
                    {"name": "Baru", **({field: True} if field else {})}
                )
                self.assertEqual(partner.kpb_do_not_contact_date, TODAY if field else False)
                unit = self.make_purchase(TODAY - timedelta(days=15), partner_id=partner.id)
                for days in (0, 20, 90, 200, 400, 1100):
                    self.go_to(NOW + timedelta(days=days))
                    self.generate()
                kinds = {}
                for call in unit.followup_ids:
                    dropped = (call.state, call.result) == ("cancelled", "do_not_contact")
                    kinds.setdefault(call.milestone_id.kind, set()).add(dropped)
                    self.assertFalse(dropped and call.activity_ids)
                for kind, dropped in kinds.items():
                    self.assertEqual(dropped, {kind in refused}, kind)
                self.assertEqual(set(kinds), {"stnk", "kpb", "regular", "renewal"})
                self.go_to(NOW)

    def test_said_on_the_phone(self):
        calls = self.make_calls()
        partner = calls["stnk"].partner_id
        self.log(calls["kpb2"], "do_not_contact", note="Jangan telepon lagi", user=self.kacab)
        self.assertRefusedCodes(calls, tuple(calls))
        self.assertTrue(partner.kpb_do_not_contact)
        self.assertEqual(partner.kpb_do_not_contact_reason, "Jangan telepon lagi")
        self.assertEqual(partner.kpb_do_not_contact_date, TODAY)
        self.assertRefused(lambda: self.log(calls["kpb2"], "no_answer"), "Does not want")

    def test_taken_back_later_calls_are_made_again(self):
        partner = self.env["res.partner"].create({"name": "Kembali", "kpb_do_not_contact": True})
        unit = self.make_purchase(TODAY - timedelta(days=15), partner_id=partner.id)
        self.generate()
        self.assertEqual(unit.followup_ids.state, "cancelled")
        partner.kpb_do_not_contact = False
        self.go_to(NOW + timedelta(days=15))
        self.generate()
        self.assertEqual(self.followup(unit, "kpb1").state, "todo")

    def test_other_changes_cancel_nothing(self):
        calls = self.make_calls()
        partner = calls["stnk"].partner_id
        partner.write({"phone": "+628123456789", "kpb_do_not_contact": False})
        partner.kpb_do_not_contact_reason = "Hanya catatan"
        self.assertFalse(partner.kpb_do_not_contact_date)
        self.assertRefusedCodes(calls, ())

    def test_many_customers_at_once(self):
        first, second = self.make_calls(), self.make_calls()
        (first["stnk"].partner_id | second["stnk"].partner_id).write({"kpb_no_offer_calls": True})
        for calls in (first, second):
            self.assertRefusedCodes(calls, ("renewal",))
