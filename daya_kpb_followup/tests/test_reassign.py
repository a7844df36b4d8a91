from odoo.exceptions import AccessError, UserError

from .common import at_noon
from .test_absence import AbsenceCase


class TestReassign(AbsenceCase):
    """A manager gives calls away, spreads them, moves them; the reason stays with each call."""

    def setUp(self):
        super().setUp()
        self.calls = self.make_calls(6)
        self.colleague = self.make_member(self.branch, "admin_crm_h2")

    def dialog(self, user=None, calls=None, **vals):
        """Return the dialog as the list opens it for chosen rows."""
        calls = self.calls if calls is None else calls
        return (
            self.env["kpb.reassign"]
            .with_user(user or self.kacab)
            .with_context(active_model="kpb.followup", active_ids=calls.ids)
            .create({"reason": "Pelatihan", **vals})
        )

    def apply(self, **vals):
        with at_noon(self.after(90)):
            self.dialog(**vals).action_apply()

    def test_to_one_person(self):
        self.apply(to="person", user_id=self.colleague.id)
        self.assertWith(self.calls, self.colleague)
        body = self.calls[0].message_ids[0].body
        for words in (self.admin_crm.name, self.colleague.name, "Pelatihan"):
            self.assertIn(words, body)

    def test_spread_evenly(self):
        self.apply(to="spread")
        self.assertWith(self.calls, self.admin_crm, self.colleague)
        theirs = self.calls.filtered(lambda call: call.user_id == self.colleague)
        self.assertEqual(len(theirs), 3)

    def test_to_another_day(self):
        saturday = self.after(96)
        self.assertEqual(saturday.weekday(), 5)
        self.apply(to="keep", day=saturday)
        self.assertEqual(set(self.calls.mapped("deadline")), {self.after(98)})
        self.assertWith(self.calls, self.admin_crm)
        self.assertIn("Pelatihan", self.calls[0].message_ids[0].body)

    def test_an_appointment_keeps_its_day(self):
        call = self.calls[0]
        with at_noon(self.after(90)):
            call.with_user(self.admin_crm).log_attempt(
                "will_come", appointment_at=f"{self.after(92)} 03:00:00"
            )
        day = call.deadline
        self.apply(to="person", user_id=self.colleague.id, day=self.after(98))
        self.assertEqual((call.deadline, call.user_id), (day, self.colleague))
        self.assertEqual(call.event_id.user_id, self.colleague)
        self.assertEqual(self.calls[1].deadline, self.after(98))

    def test_what_is_refused(self):
        closed = self.calls[0]
        with at_noon(self.after(90)):
            closed.with_user(self.admin_crm).log_attempt("refused")
            for vals, words in (
                ({"to": "person"}, "choose who"),
                ({"to": "keep"}, "Choose a person"),
                ({"to": "keep", "day": self.after(80)}, "has passed"),
                ({"to": "person", "user_id": self.sister_admin.id}, "does not work for"),
                ({"to": "spread", "calls": closed}, "open any more"),
            ):
                with self.assertRaisesRegex(UserError, words):
                    self.dialog(**vals).action_apply()
        self.assertEqual(closed.user_id, self.admin_crm)

    def test_only_managers_and_only_their_own_branches(self):
        with self.assertRaises(AccessError):
            self.dialog(user=self.admin_crm, to="spread")
        stranger = self.make_member(self.sister, "kacab", groups="kpb_group_manager")
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.dialog(user=stranger, to="spread").action_apply()
        self.assertEqual(self.calls.user_id, self.admin_crm)
