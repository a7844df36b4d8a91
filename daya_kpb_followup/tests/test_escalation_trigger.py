from datetime import timedelta

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tools import mute_logger

from .call_case import utc
from .common import PURCHASE_DAY, KpbCase, at_noon


class TestEscalationTrigger(KpbCase):
    """What makes a call climb, when, and only once; how it is answered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kabeng = cls.make_member(cls.branch, "kabeng", groups="kpb_group_manager")

    def call(self, code="kpb1", days=30, **vals):
        """Return an open call of a new unit."""
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase(**vals)
        self.generate(self.after(days))
        return self.followup(purchase, code)

    def escalate(self, day):
        self.run_cron("escalate", day)

    def assertRaised(self, call, trigger):
        """Exactly one escalation by the rule of a trigger, at PIC CRM."""
        lines = call.escalation_ids
        self.assertEqual(lines.rule_id.mapped("trigger"), [trigger])
        self.assertEqual(len(lines), 1)
        self.assertEqual(lines.user_id, self.pic_crm)
        self.assertEqual(lines.activity_ids.user_id, self.pic_crm)

    # the triggers
    def test_overdue_by_working_days(self):
        call = self.call()
        self.assertEqual(call.deadline.weekday(), 2, "a Wednesday")
        # three working days later is Monday: on it the call is not yet late enough
        self.escalate(call.deadline + timedelta(days=5))
        self.assertFalse(call.escalation_ids)
        self.escalate(call.deadline + timedelta(days=6))
        self.assertRaised(call, "overdue")

    def test_the_last_day_of_a_question_is_the_branch_s(self):
        """The card turns red at midnight of the branch, not of the server."""
        call = self.call()
        self.escalate(call.deadline + timedelta(days=6))
        line = call.escalation_ids
        for moment, is_last in (
            (utc(line.due_on - timedelta(days=1), 23, 30), False),
            (utc(line.due_on, 0, 30), True),
        ):
            with self.subTest(moment=moment), freeze_time(moment):
                self.assertEqual(line.filtered_domain(line._get_rotting_domain()) == line, is_last)

    def test_an_overdue_day_is_the_rule_s_to_set(self):
        self.env.ref("daya_kpb_followup.kpb_escalation_rule_overdue").after_days = 1
        call = self.call()
        self.escalate(call.deadline + timedelta(days=2))
        self.assertRaised(call, "overdue")

    def test_a_call_that_is_tried_is_not_overdue(self):
        call = self.call()
        day = call.deadline + timedelta(days=6)
        with at_noon(day):
            call.with_user(self.sales).log_attempt("no_answer")
        self.escalate(day)
        self.assertFalse(call.escalation_ids)

    def test_attempts_exhausted(self):
        call = self.call()
        for _number in range(call.milestone_id.attempt_limit):
            with at_noon(call.deadline):
                call.with_user(self.sales).log_attempt("no_answer")
        self.assertEqual(call.result, "exhausted")
        self.escalate(call.deadline)
        self.assertRaised(call, "exhausted")

    def test_refused(self):
        call = self.call()
        with at_noon(self.after(30)):
            call.with_user(self.sales).log_attempt("refused", note="Pelayanan lama")
        self.escalate(self.after(30))
        self.assertRaised(call, "refused")
        self.assertIn("Pelayanan lama", call.escalation_ids.story_short)

    def test_served_at_a_sister_branch_or_elsewhere(self):
        for place, trigger in (("sister", "served_sister"), ("elsewhere", "served_elsewhere")):
            call = self.call()
            where = {"branch_id": self.sister.id} if place == "sister" else {"dealer_name": "X"}
            with at_noon(self.after(31)):
                self.env["kpb.visit"].create(
                    {
                        "purchase_id": call.purchase_id.id,
                        "date": self.after(31),
                        "place": place,
                        "kpb_number": 1,
                        **where,
                    }
                )
            self.escalate(self.after(31))
            self.assertRaised(call, trigger)

    def test_no_show_twice(self):
        call = self.call()
        for number in (1, 2):
            with at_noon(self.after(30)):
                self.assertEqual(bool(call.escalation_ids), False)
                call.sudo()._note_no_show()
            self.assertEqual(call.no_show_count, number)
            self.escalate(self.after(30))
        self.assertRaised(call, "no_show_twice")

    def test_stnk_late(self):
        call = self.call("stnk", 15)
        day = call.planned_date
        for _number in range(6):
            day = self.branch._working_day(day + timedelta(days=1))
        with at_noon(day):
            call.with_user(self.sales).log_attempt("stnk_not_ready")
        self.escalate(day)
        self.assertRaised(call, "stnk_late")

    def test_no_owner(self):
        (self.admin_crm | self.kacab | self.pic_crm).action_archive()
        call = self.call("kpb2", 90)
        self.assertFalse(call.user_id)
        self.escalate(self.after(90))
        lines = call.escalation_ids
        self.assertEqual(lines.rule_id.mapped("trigger"), ["no_owner"])
        self.assertEqual(lines.user_id, self.kabeng)

    def test_a_rule_for_some_milestones_leaves_the_others(self):
        call = self.call()
        rule = self.env.ref("daya_kpb_followup.kpb_escalation_rule_overdue")
        rule.milestone_ids = self.sop.milestone_ids.filtered(lambda line: line.code == "kpb2")
        self.escalate(self.after(50))
        self.assertFalse(call.escalation_ids)

    # only once
    def test_a_second_run_changes_nothing(self):
        call = self.call()
        day = call.deadline + timedelta(days=6)
        self.escalate(day)
        before = self.rows_as_written("kpb_escalation", "mail_activity")
        self.escalate(day)
        self.assertEqual(self.rows_as_written("kpb_escalation", "mail_activity"), before)
        self.assertRaised(call, "overdue")

    @mute_logger("odoo.sql_db")
    def test_the_same_station_is_never_raised_twice(self):
        call = self.call()
        self.escalate(call.deadline + timedelta(days=6))
        with self.assertRaises(psycopg2.errors.UniqueViolation), self.cr.savepoint():
            call.escalation_ids.copy()
            self.env.flush_all()

    # what comes right by itself
    def test_an_overdue_call_that_is_made_climbs_no_further(self):
        line = self.raised()
        with at_noon(line.due_on):
            line.followup_id.with_user(self.sales).log_attempt("no_answer")
        self.escalate(line.due_on + timedelta(days=1))
        self.assertEqual((line.state, line.answered_by_id), ("resolved", self.sales))
        self.assertIn("Called meanwhile", line.answer)
        self.assertEqual(line.followup_id.escalation_ids, line)

    def test_an_undone_call_is_no_call(self):
        line = self.raised()
        with at_noon(line.due_on):
            call = line.followup_id.with_user(self.sales)
            call.log_attempt("no_answer")
            call.action_undo_last_attempt()
        self.escalate(line.due_on)
        self.assertEqual(line.state, "open")

    def test_a_call_that_found_an_owner_climbs_no_further(self):
        (self.admin_crm | self.kacab | self.pic_crm).action_archive()
        call = self.call("kpb2", 90)
        self.escalate(self.after(90))
        self.admin_crm.action_unarchive()
        self.run_cron("reconcile", self.after(90))
        self.escalate(self.after(90))
        self.assertEqual(call.escalation_ids.state, "resolved")
        self.assertIn(self.admin_crm.name, call.escalation_ids.answer)

    # the dry run
    def test_a_dry_run_says_who_would_be_told_and_tells_nobody(self):
        call = self.call()
        rule = self.env.ref("daya_kpb_followup.kpb_escalation_rule_overdue")
        with at_noon(call.deadline + timedelta(days=6)):
            action = rule.action_dry_run()
            preview = self.env[action["res_model"]].browse(action["res_id"])
            line = preview.line_ids.filtered(lambda row: row.followup_id == call)
            self.assertEqual((line.user_id, line.level_id), (self.pic_crm, rule.level_ids[0]))
            self.assertGreaterEqual(preview.total, 1)
        self.assertFalse(call.escalation_ids)

    # the answer
    def raised(self):
        call = self.call()
        self.escalate(call.deadline + timedelta(days=6))
        return call.escalation_ids

    def test_replies_that_are_refused(self):
        line = self.raised()
        with self.assertRaisesRegex(UserError, "write what was done"):
            line.with_user(self.pic_crm).reply("  ", resolved=True)
        for stranger in (self.sales, self.sister_admin):
            with self.assertRaises(AccessError), self.cr.savepoint():
                line.with_user(stranger).reply("Saya saja", resolved=True)
        line.with_user(self.pic_crm).reply("Sudah", resolved=True)
        with self.assertRaisesRegex(UserError, "answered already: Sudah"):
            line.with_user(self.pic_crm).reply("Lagi", resolved=True)
        self.assertEqual((line.state, line.answer), ("resolved", "Sudah"))

    def test_whose_card_it_is_has_the_buttons(self):
        line = self.raised()
        admin = self.make_member(self.head_office, "sales_admin", groups="kpb_group_admin")
        second = self.make_member(self.head_office, "pic_crm", groups="kpb_group_manager")
        for person, may in (
            (self.pic_crm, (True, True)),
            (second, (True, True)),
            (admin, (True, True)),
            (self.kacab, (False, True)),
            (self.sales, (False, False)),
        ):
            card = line.with_user(person)
            with self.subTest(person.login):
                self.assertEqual((card.may_reply, card.may_answer), may)

    def test_a_manager_of_the_branch_may_answer_for_the_addressee(self):
        line = self.raised()
        line.with_user(self.kacab).reply("Saya ambil alih", resolved=True)
        self.assertEqual(line.answered_by_id, self.kacab)

    def test_reply_by_the_dialog(self):
        line = self.raised().with_user(self.pic_crm)
        action = line.action_pass_on()
        dialog = self.env[action["res_model"]].with_user(self.pic_crm)
        form = Form(dialog.with_context(**action["context"]))
        with self.assertRaisesRegex(AssertionError, "required"):
            form.save()
        form.text = "Minta Kabeng"
        form.save().action_reply()
        self.assertEqual((line.state, line.answer), ("passed_on", "Minta Kabeng"))
        chain = line.sudo().followup_id.escalation_ids.sorted("id")
        self.assertEqual(chain[-1].user_id, self.kabeng)

    def test_ticking_off_answers_and_never_in_silence(self):
        line = self.raised()
        activity = line.activity_ids.with_user(self.pic_crm)
        for feedback in (False, "", "  "):
            with self.assertRaisesRegex(UserError, "Write what was done"), self.cr.savepoint():
                activity.action_feedback(feedback=feedback)
        self.assertEqual(line.state, "open")
        activity.action_feedback(feedback="Sudah beres")
        self.assertEqual((line.state, line.answer), ("resolved", "Sudah beres"))
        self.assertFalse(activity.active)
