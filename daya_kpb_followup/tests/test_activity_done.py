from odoo.exceptions import AccessError

from .call_case import FRIDAY, TODAY, TOMORROW, TUESDAY, CallCase, utc


class TestActivityDone(CallCase):
    """A call that is ticked off anywhere in Odoo leaves an attempt and a next step (P6)."""

    def setUp(self):
        super().setUp()
        self.call = self.make_call("kpb2")

    def assertTickedOff(self, user, note=False, deadline=TOMORROW, state="todo"):
        self.assertNext(self.call, state, deadline)
        attempt = self.call.attempt_ids
        self.assertEqual((attempt.user_id, attempt.note), (user, note))
        self.assertFalse(attempt.outcome or attempt.unsuccessful)
        activities = self.call.with_context(active_test=False).activity_ids
        self.assertEqual(sorted(activities.mapped("active")), [False, True])

    def test_every_way_to_tick_off(self):
        for user in (self.admin_crm, self.kacab, self.pic_crm):
            for name, arguments, note in (
                ("action_done", {}, False),
                ("action_feedback", {}, False),
                ("action_feedback", {"feedback": "Sudah"}, "Sudah"),
                ("action_feedback_schedule_next", {"feedback": "Besok lagi"}, "Besok lagi"),
                ("action_done_schedule_next", {}, False),
                ("action_done_redirect_to_other", {}, False),
            ):
                with self.subTest(user=user.login, way=name):
                    self.call = self.make_call("kpb2")
                    getattr(self.call.activity_ids.with_user(user), name)(**arguments)
                    self.assertTickedOff(user, note)

    def test_from_the_record(self):
        self.call.with_user(self.admin_crm).activity_feedback(
            ["daya_kpb_followup.mail_activity_type_kpb2"], feedback="Beres"
        )
        self.assertTickedOff(self.admin_crm, "Beres")

    def test_many_at_once(self):
        calls = self.call | self.make_call("kpb1") | self.make_call("stnk")
        calls.activity_ids.with_user(self.admin_crm).action_done()
        for call in calls:
            self.assertNext(call, "todo", TOMORROW)
            self.assertEqual(len(call.attempt_ids), 1)

    def test_twice_is_once(self):
        activity = self.call.activity_ids.with_user(self.admin_crm)
        activity.action_done()
        activity.action_done()
        self.assertTickedOff(self.admin_crm)

    def test_a_confirmation_keeps_the_appointment(self):
        self.log(self.call, "will_come", appointment_at=utc(TUESDAY, 9))
        self.call.activity_ids.with_user(self.admin_crm).action_feedback(feedback="Pasti datang")
        self.assertNext(self.call, "appointment", TOMORROW)
        self.assertEqual(self.call.appointment_at, utc(TUESDAY, 9))
        self.log(self.call, "will_come", appointment_at=utc(TODAY, 14))
        self.call.activity_ids.with_user(self.admin_crm).action_done()
        self.assertNext(self.call, "appointment", TODAY)  # never after the agreed day

    def test_strangers_may_not(self):
        with self.assertRaises(AccessError):
            self.call.activity_ids.with_user(self.sister_admin).action_done()
        self.assertNext(self.call, "todo", TODAY)
        self.assertFalse(self.call.attempt_ids)

    def test_whoever_has_it_may_finish_it_after_leaving_the_branch(self):
        self.branch.member_ids.filtered(lambda line: line.user_id == self.admin_crm).unlink()
        self.call.activity_ids.with_user(self.admin_crm).action_done()
        self.assertTickedOff(self.admin_crm)

    def test_after_the_call_was_closed_nothing_opens_again(self):
        activity = self.call.activity_ids
        self.log(self.call, "refused")
        activity.with_user(self.admin_crm).action_done()
        self.assertEnded(self.call, "failed", "refused")
        self.assertEqual(len(self.call.attempt_ids), 1)

    def test_cancelled_or_archived_it_comes_back(self):
        for act in ("unlink", "action_cancel", "action_archive"):
            with self.subTest(act=act):
                call = self.make_call("kpb1")
                getattr(call.activity_ids.with_user(self.admin_crm), act)()
                self.assertFalse(call.activity_ids)
                self.run_cron("reconcile")
                self.assertNext(call, "todo", TODAY)
                self.assertFalse(call.attempt_ids)

    # what people add by hand
    def add_by_hand(self):
        """Return a to-do that a colleague hung on the call."""
        return self.call.with_user(self.kacab).activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=FRIDAY,
            summary="Kirim brosur",
            user_id=self.kacab.id,
        )

    def test_a_to_do_of_somebodys_own_stays_as_it_is(self):
        own = self.add_by_hand()
        self.log(self.call, "unreachable")
        self.log(self.call, "call_back", call_back_on=TOMORROW)
        self.assertEqual((own.user_id, own.date_deadline), (self.kacab, FRIDAY))
        self.assertEqual((self.call.activity_ids - own).date_deadline, TOMORROW)
        self.log(self.call, "refused")
        self.assertEqual(self.call.activity_ids, own)

    def test_ticking_off_a_to_do_is_no_attempt(self):
        self.add_by_hand().action_feedback(feedback="Dikirim")
        self.assertFalse(self.call.attempt_ids)
        self.assertNext(self.call, "todo", TODAY)

    def test_a_to_do_does_not_stand_for_the_call(self):
        own = self.add_by_hand()
        (self.call.activity_ids - own).unlink()
        self.run_cron("reconcile")
        self.assertEqual(len(self.call.activity_ids - own), 1)

    def test_a_second_call_activity_is_merged_into_one(self):
        self.call.with_user(self.admin_crm).activity_schedule(
            "daya_kpb_followup.mail_activity_type_kpb2", date_deadline=FRIDAY
        )
        self.assertEqual(len(self.call.activity_ids), 2)
        self.log(self.call, "no_answer")
        self.assertNext(self.call, "todo", TOMORROW)
