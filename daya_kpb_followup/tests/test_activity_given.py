from dateutil.relativedelta import SA, relativedelta

from odoo.exceptions import AccessError, UserError

from ..models.kpb_quiet import QUIET
from .common import at_noon
from .test_absence import AbsenceCase


class TestActivityGiven(AbsenceCase):
    """Who gives the activity of a call or an escalation to a colleague gives the work."""

    def setUp(self):
        super().setUp()
        self.colleague = self.make_member(self.branch, "admin_crm_h2")
        self.calls = self.make_calls(2)
        self.calls.write({"user_id": self.admin_crm.id})
        self.calls._project_activities()
        self.call = self.calls[0]

    def give(self, record, person, by=None):
        """Give the activity of a record to a person, as the activity's form does."""
        with at_noon(self.after(90)):
            activity = record.activity_ids.with_user(by or record.user_id)
            activity.write({"user_id": person.id if person else False})
            return activity.exists()

    def test_the_call_goes_along(self):
        activity = self.give(self.call, self.colleague)
        self.assertEqual(activity, self.call.activity_ids, "it is still there for its form")
        self.assertWith(self.call, self.colleague)
        body = self.call.message_ids[0].body
        for words in (self.admin_crm.name, self.colleague.name):
            self.assertIn(words, body)
        self.assertWith(self.calls[1], self.admin_crm)
        self.assertNotIn(self.colleague.partner_id, self.call.message_partner_ids)
        self.reconcile(90)
        self.assertWith(self.call, self.colleague)

    def test_the_calendar_goes_along(self):
        with at_noon(self.after(90)):
            self.call.with_user(self.admin_crm).log_attempt(
                "will_come", appointment_at=f"{self.after(92)} 03:00:00"
            )
        self.give(self.call, self.colleague)
        self.assertEqual(self.call.event_id.user_id, self.colleague)

    def test_a_full_day_moves_on(self):
        self.branch.daily_cap = 1
        self.calls[1].user_id = self.colleague
        self.calls[1]._project_activities()
        day = self.call.deadline
        self.give(self.call, self.colleague)
        self.assertGreater(self.call.deadline, day)
        self.assertEqual(self.call.activity_ids.date_deadline, self.call.deadline)

    def test_who_cannot_have_it_is_refused_by_name(self):
        self.line(self.colleague).leave_from = self.after(80)
        for person in (self.sister_admin, self.colleague, self.env["res.users"]):
            with self.assertRaisesRegex(UserError, "Assigned to") as caught, self.cr.savepoint():
                self.give(self.call, person)
            self.assertIn(self.kacab.name, str(caught.exception))
        self.assertWith(self.call, self.admin_crm)

    def test_whose_activity_it_is_not_cannot_give_it(self):
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.give(self.call, self.sister_admin, by=self.sister_admin)
        self.assertWith(self.call, self.admin_crm)

    def test_the_context_of_the_engine_opens_no_way_round(self):
        activity = self.call.activity_ids.with_user(self.admin_crm).with_context(**QUIET)
        with (
            at_noon(self.after(90)),
            self.assertRaisesRegex(UserError, "Assigned to"),
            self.cr.savepoint(),
        ):
            activity.write({"user_id": self.sister_admin.id})
        self.assertWith(self.call, self.admin_crm)

    def test_what_got_round_is_put_right(self):
        activities = self.calls.activity_ids
        self.env.flush_all()
        for activity, person in zip(activities, (self.colleague, self.sister_admin), strict=True):
            self.env.cr.execute(
                "UPDATE mail_activity SET user_id = %s WHERE id = %s", [person.id, activity.id]
            )
        activities.invalidate_recordset()
        first, second = (self.calls.browse(activity.res_id) for activity in activities)
        self.reconcile(90)
        self.assertWith(first, self.colleague)
        self.assertWith(second, self.admin_crm)
        self.assertIn(self.sister_admin.name, second.message_ids[0].body)
        before = self.rows_as_written("kpb_followup", "mail_activity", "mail_message")
        self.reconcile(90)
        self.assertEqual(
            self.rows_as_written("kpb_followup", "mail_activity", "mail_message"), before
        )

    def test_what_people_add_by_hand_goes_where_they_like(self):
        own = self.call.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.admin_crm.id, summary="Catatan"
        )
        own.with_user(self.admin_crm).user_id = self.kacab
        self.assertEqual((own.user_id, self.call.user_id), (self.kacab, self.admin_crm))

    def asked(self):
        self.run_cron("escalate", self.after(100))
        line = self.call.escalation_ids
        self.assertEqual(line.user_id, self.pic_crm)
        return line

    def test_an_escalation_goes_along_within_its_station(self):
        second = self.make_member(self.head_office, "pic_crm")
        line = self.asked()
        due = line.due_on
        self.give(line, second)
        self.assertEqual((line.user_id, line.due_on), (second, due))
        self.assertEqual(line.activity_ids.user_id, second)
        with self.assertRaisesRegex(UserError, "Assigned to"), self.cr.savepoint():
            self.give(line, self.sales)
        self.env.cr.execute(
            "UPDATE mail_activity SET user_id = %s WHERE id = %s",
            [self.sales.id, line.activity_ids.id],
        )
        line.activity_ids.invalidate_recordset()
        self.reconcile(100)
        self.assertEqual(line.activity_ids.user_id, second)

    def test_a_manager_moves_the_call_with_its_activity(self):
        saturday = self.after(93) + relativedelta(weekday=SA)
        with at_noon(self.after(90)):
            self.call.activity_ids.with_user(self.kacab).write({"date_deadline": saturday})
        self.assertEqual(self.call.deadline, self.branch._working_day(saturday))
        self.assertGreater(self.call.deadline, saturday)
        self.assertEqual(self.call.activity_ids.date_deadline, self.call.deadline)
        self.assertIn(str(self.call.deadline), self.call.message_ids[0].body)

    def test_a_caller_is_told_how_a_call_moves(self):
        before = self.call.deadline
        with self.assertRaisesRegex(UserError, "when to call back"), self.cr.savepoint():
            self.call.activity_ids.with_user(self.admin_crm).write(
                {"date_deadline": self.after(99)}
            )
        self.assertEqual((self.call.deadline, self.call.activity_ids.date_deadline), (before,) * 2)

    def test_an_appointment_moves_with_what_the_customer_says(self):
        with at_noon(self.after(90)):
            self.call.with_user(self.admin_crm).log_attempt(
                "will_come", appointment_at=f"{self.after(92)} 03:00:00"
            )
        with self.assertRaisesRegex(UserError, "appointment"), self.cr.savepoint():
            self.call.activity_ids.with_user(self.kacab).write({"date_deadline": self.after(99)})

    def test_a_call_moves_neither_back_nor_beyond_its_use(self):
        before = self.call.deadline
        for day, words in ((80, "has passed"), (500, "makes sense until")):
            with (
                at_noon(self.after(90)),
                self.assertRaisesRegex(UserError, words),
                self.cr.savepoint(),
            ):
                self.call.activity_ids.with_user(self.kacab).write(
                    {"date_deadline": self.after(day)}
                )
        self.assertEqual((self.call.deadline, self.call.activity_ids.date_deadline), (before,) * 2)
