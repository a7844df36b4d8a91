from datetime import timedelta

from odoo.exceptions import AccessError, UserError

from .call_case import FRIDAY, NOW, TUESDAY, CallCase, utc


class TestUndo(CallCase):
    """ADR 0005: a slip of the hand is taken back, and stays on record."""

    def setUp(self):
        super().setUp()
        self.call = self.make_call("kpb2")

    def undo(self, call=None, user=None):
        """Undo as a person, by default the caller."""
        call = call or self.call
        person = call.with_user(user or call.user_id).with_context(lang="en_US")
        return person.action_undo_last_attempt()

    def facts(self, call=None):
        """Return how a call stands."""
        call = call or self.call
        call.invalidate_recordset()
        return (
            call.state,
            call.result,
            call.result_note,
            call.closed_at,
            call.deadline,
            call.appointment_at,
            call.appointment_confirmed,
            call.weekend_reason,
            call.attempt_count,
            call.unsuccessful_count,
            call.last_outcome,
            call.activity_ids.mapped("date_deadline"),
            call.event_id.mapped("start"),
            call.purchase_id.status,
            call.purchase_id.stage_id,
        )

    def test_back_to_where_it_stood(self):
        steps = (
            ("no_answer", {}),
            ("unreachable", {}),
            ("will_come", {"appointment_at": utc(TUESDAY, 9)}),
            ("no_answer", {}),
            ("will_come", {"appointment_at": utc(FRIDAY, 9)}),
            ("call_back", {"call_back_on": FRIDAY}),
            ("will_come", {"appointment_at": utc(FRIDAY + timedelta(days=1), 9),
                           "weekend_reason": "Dinas luar"}),
            ("refused", {"note": "Salah pencet"}),
        )  # fmt: skip
        stood = []
        for outcome, details in steps:
            stood.append(self.facts())
            self.log(self.call, outcome, **details)
        for before in reversed(stood):
            self.assertTrue(self.call.with_user(self.admin_crm).can_undo)
            self.undo()
            self.assertEqual(self.facts(), before)
        self.assertRefused(self.undo, "no result to undo")
        self.assertEqual(len(self.call.attempt_ids), 2 * len(steps))
        self.assertEqual(len(self.call.attempt_ids.filtered("undone")), len(steps))

    def test_giving_up_is_undone(self):
        self.call.milestone_id.attempt_limit = 2
        self.log(self.call, "no_answer")
        before = self.facts()
        self.log(self.call, "no_answer")
        self.assertEnded(self.call, "failed", "exhausted")
        self.undo()
        self.assertEqual(self.facts(), before)
        self.log(self.call, "no_answer")
        self.assertEnded(self.call, "failed", "exhausted")

    def test_tasks_given_by_the_slip_are_withdrawn(self):
        self.log(self.call, "wrong_number")
        self.assertTrue(self.call.purchase_id.activity_ids)
        self.undo()
        self.assertFalse(self.call.purchase_id.activity_ids)

    def test_both_rows_stay_on_record(self):
        slip = self.log(self.call, "refused", channel="whatsapp")
        undoing = self.undo()
        self.assertEqual((undoing.undoes_id, undoing.user_id), (slip, self.admin_crm))
        self.assertFalse(undoing.outcome or undoing.undone)
        self.assertTrue(slip.undone)
        self.assertIn("Undone: Refused", undoing.with_context(lang="en_US").display_name)

    def test_only_the_same_person_and_soon(self):
        self.log(self.call, "no_answer")
        self.assertFalse(self.call.with_user(self.kacab).can_undo)
        self.assertRefused(lambda: self.undo(user=self.kacab), self.admin_crm.name, "Nobody else")
        self.assertRefused(lambda: self.undo(user=self.sister_admin), error=AccessError)
        self.go_to(NOW + timedelta(minutes=14, seconds=50))
        self.assertTrue(self.call.with_user(self.admin_crm).can_undo)
        self.go_to(NOW + timedelta(minutes=15, seconds=30))
        self.call.invalidate_recordset()
        self.assertFalse(self.call.with_user(self.admin_crm).can_undo)
        self.assertRefused(self.undo, "older than 15 minutes")

    def test_a_colleagues_result_in_between_stays(self):
        self.log(self.call, "no_answer")
        self.log(self.call, "unreachable", user=self.kacab)
        self.assertRefused(self.undo, self.kacab.name)

    def test_what_reaches_beyond_the_call_stays(self):
        for code, outcome in (
            ("kpb1", "served_own"),
            ("kpb1", "served_sister"),
            ("kpb1", "served_elsewhere"),
            ("kpb1", "unit_sold"),
            ("kpb1", "do_not_contact"),
            ("stnk", "picked_up"),
            ("renewal", "not_interested"),
        ):
            with self.subTest(outcome=outcome):
                call = self.make_call(code)
                self.log(call, outcome)
                self.assertRefused(lambda call=call: self.undo(call), "beyond this call")

    def test_not_after_something_happened_since(self):
        unit = self.call.purchase_id
        happenings = (
            lambda: self.env["kpb.visit"].create({"purchase_id": unit.id, "kpb_number": 2}),
            lambda: unit.partner_id.write({"kpb_no_service_calls": True}),
            lambda: unit.write({"status": "stopped"}),
            lambda: self.call.sudo()._note_no_show(),
        )
        for number, happens in enumerate(happenings):
            with self.subTest(number), self.env.cr.savepoint() as savepoint:
                self.log(self.call, "will_come", appointment_at=utc(FRIDAY, 9))
                happens()
                self.assertRefused(self.undo, "Something has happened since")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_the_place_may_be_taken_meanwhile(self):
        self.branch.capacity_morning = 1
        self.log(self.call, "will_come", appointment_at=utc(FRIDAY, 9))
        self.log(self.call, "refused")
        self.log(self.make_call("kpb1"), "will_come", appointment_at=utc(FRIDAY, 9))
        with self.assertRaisesRegex(UserError, "is full"):
            self.undo()

    def test_not_after_it_has_climbed(self):
        self.log(self.call, "refused")
        self.run_cron("escalate")
        if not self.call.escalation_ids:
            self.skipTest("no rule of this schedule lets a refusal climb at once")
        self.assertRefused(self.undo, "Something has happened since")

    def test_a_message_in_between_is_no_result(self):
        before = self.facts()
        self.log(self.call, "refused")
        self.env["kpb.attempt"].create(
            {"followup_id": self.call.id, "channel": "whatsapp", "user_id": self.kacab.id}
        )
        self.undo()
        self.assertEqual(self.facts(), before)
        self.assertRefused(self.undo, "no result to undo")

    def test_a_result_ticked_off_without_an_outcome(self):
        before = self.facts()
        self.call.activity_ids.with_user(self.admin_crm).action_done()
        self.undo()
        self.assertEqual(self.facts(), before)
