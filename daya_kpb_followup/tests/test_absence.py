import os
import time

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import PURCHASE_DAY, KpbCase, at_noon

#: Users and calls per user; the full size of the promise on request.
SIZE = (100, 100) if os.environ.get("KPB_LONG") else (20, 20)


class AbsenceCase(KpbCase):
    """A branch with a few KPB 2 calls of one person, and a colleague."""

    def make_calls(self, count, branch=None):
        branch = branch or self.branch
        with at_noon(PURCHASE_DAY):
            units = self.env["kpb.purchase"].union(
                *(self.make_purchase(branch=branch) for _number in range(count))
            )
        self.generate(self.after(90))
        return units.followup_ids.filtered(lambda call: call.milestone_code == "kpb2")

    def reconcile(self, days=91):
        self.run_cron("reconcile", self.after(days))

    def line(self, user, branch=None):
        return self.env["kpb.branch.member"].search(
            [("user_id", "=", user.id), ("branch_id", "=", (branch or self.branch).id)]
        )

    def assertWith(self, calls, *owners):
        """Every call is open, hangs once in the list of one of these people, and is logged."""
        for call in calls:
            self.assertIn(call.user_id, owners)
            self.assertOneCall(call, call.user_id, call.deadline)


class TestAbsence(AbsenceCase):
    """No person's absence loses work: leave, moves, closed and merged branches."""

    def test_on_leave_the_calls_go_to_somebody_else(self):
        calls = self.make_calls(3)
        colleague = self.make_member(self.branch, "admin_crm_h2")
        self.line(self.admin_crm).write({"leave_from": self.after(91), "leave_to": self.after(95)})
        self.reconcile(90)
        self.assertWith(calls, self.admin_crm)
        self.reconcile(91)
        self.assertWith(calls, colleague)
        self.assertIn("on leave", calls[0].message_ids[0].body)
        self.assertIn(self.admin_crm.name, calls[0].message_ids[0].body)
        self.reconcile(96)
        self.assertWith(calls, colleague)
        with at_noon(self.after(93)):
            self.assertNotIn(self.admin_crm, self.env["kpb.reconciler"]._workers(self.branch))

    def test_when_everybody_is_on_leave_the_calls_stand_on_the_list_and_come_back(self):
        calls = self.make_calls(2)
        for person in (self.admin_crm, self.kacab):
            self.line(person).leave_from = self.after(91)
        self.line(self.pic_crm, self.head_office).leave_from = self.after(91)
        # the salesforce is still there, so that the branch itself has people
        self.reconcile(91)
        self.assertFalse(calls.user_id)
        self.assertTrue(all(calls.mapped("no_owner_reason")))
        self.line(self.admin_crm).leave_to = self.after(92)
        self.reconcile(93)
        self.assertWith(calls, self.admin_crm)

    def test_a_leave_has_a_beginning_and_an_end_in_order(self):
        line = self.line(self.admin_crm)
        for vals in (
            {"leave_to": self.after(1)},
            {"leave_from": self.after(2), "leave_to": self.after(1)},
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
                self.cr.savepoint(),
            ):
                line.write(vals)
                line.flush_recordset()

    def test_a_calendar_entry_goes_along(self):
        call = self.make_calls(1)
        colleague = self.make_member(self.branch, "admin_crm_h2")
        with at_noon(self.after(90)):
            call.with_user(self.admin_crm).log_attempt(
                "will_come", appointment_at=f"{self.after(92)} 03:00:00"
            )
        self.assertEqual(call.event_id.user_id, self.admin_crm)
        self.admin_crm.action_archive()
        self.reconcile()
        self.assertEqual(call.state, "appointment")
        self.assertEqual(call.user_id, colleague)
        self.assertEqual(call.event_id.user_id, colleague)
        self.assertEqual(call.event_id.partner_ids, colleague.partner_id)

    def test_archiving_a_person_wakes_the_reconciliation(self):
        cron = self.env.ref("daya_kpb_followup.ir_cron_kpb_reconcile")
        triggers = self.env["ir.cron.trigger"]
        for change in (self.admin_crm.action_archive, self.sister.action_archive):
            triggers.search([("cron_id", "=", cron.id)]).unlink()
            change()
            self.assertTrue(triggers.search([("cron_id", "=", cron.id)]))

    def test_activities_of_closed_calls_end(self):
        call = self.make_calls(1)
        activity = call.activity_ids
        with at_noon(self.after(90)):
            call.with_user(self.admin_crm).log_attempt("refused")
        activity.active = True
        own = call.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.kacab.id, summary="Catatan sendiri"
        )
        self.reconcile()
        self.assertFalse(activity.active)
        self.assertTrue(own.active, "what people added by hand is theirs")

    def test_a_closed_branch_hands_its_calls_up(self):
        calls = self.make_calls(3)
        self.branch.action_archive()
        self.assertNotIn(self.admin_crm, self.branch.access_user_ids)
        self.reconcile()
        self.assertWith(calls, self.pic_crm)
        self.assertIn("branch is closed", calls[0].message_ids[0].body)

    def test_a_merged_branch_moves_with_people_calls_and_history(self):
        calls = self.make_calls(3)
        closed = calls.purchase_id.followup_ids - calls
        self.assertTrue(closed)
        merge = self.env["kpb.branch.merge"].create(
            {"branch_id": self.branch.id, "into_id": self.sister.id, "with_members": True}
        )
        merge.action_merge()
        self.assertFalse(self.branch.active)
        self.reconcile()
        self.assertEqual((calls | closed).branch_id, self.sister)
        self.assertEqual(calls.purchase_id.branch_id, self.sister)
        self.assertWith(calls, self.admin_crm)
        self.assertIn("merged into", str(calls.purchase_id[0].message_ids.mapped("body")))
        self.assertTrue(calls.with_user(self.sister_admin).mapped("display_name"))
        with self.assertRaises(UserError), self.cr.savepoint():
            self.branch.active = True

    def test_a_merge_without_the_people_spreads_their_calls(self):
        calls = self.make_calls(3)
        self.branch._merge_into(self.sister, with_members=False)
        self.reconcile()
        self.assertWith(calls, self.sister_admin)

    def test_merges_that_make_no_sense_are_refused(self):
        for branch, other in ((self.branch, self.branch), (self.head_office, self.branch)):
            with self.assertRaises(UserError):
                branch._merge_into(other, with_members=True)
        with self.assertRaises(AccessError):
            self.branch.with_user(self.kacab).action_merge()

    def test_hundreds_leave_and_no_call_is_lost(self):
        people, each = SIZE
        roles = self.roles["admin_crm_h2"]
        template = self.make_calls(1)
        users = self.env["res.users"].union(
            *(
                new_test_user(self.env, login=f"kpb_leaver_{number}", groups="base.group_user")
                for number in range(people)
            )
        )
        self.env["kpb.branch.member"].create(
            [
                {"branch_id": self.branch.id, "role_id": roles.id, "user_id": user.id}
                for user in users
            ]
        )
        calls = self.many_calls(template, users, each)
        self.assertEqual(len(calls), people * each)
        calls._project_activities()
        self.env.flush_all()
        start = time.monotonic()
        users.action_archive()
        self.assertFalse(
            self.env["mail.activity"].search_count(
                [("res_model", "=", "kpb.followup"), ("res_id", "in", calls.ids)]
            ),
            "Odoo deletes them",
        )
        archived = time.monotonic()
        with self.job_env(self.after(91)) as env:
            env["kpb.reconciler"]._reconcile()
        done = time.monotonic()
        self.env.invalidate_all()
        self.assertEqual(set(calls.mapped("state")), {"todo"})
        self.assertEqual(calls.user_id, self.admin_crm)
        self.assertEqual(
            self.env["mail.activity"].search_count(
                [
                    ("res_model", "=", "kpb.followup"),
                    ("res_id", "in", calls.ids),
                    ("user_id", "=", self.admin_crm.id),
                ]
            ),
            len(calls),
        )
        logged = self.env["mail.message"].search_count(
            [("model", "=", "kpb.followup"), ("res_id", "in", calls.ids)]
        )
        self.assertGreaterEqual(logged, len(calls))
        if os.environ.get("KPB_LONG"):
            os.write(
                2,
                f"\n{len(calls)} calls: archiving {archived - start:.1f} s,"
                f" reconciliation {done - archived:.1f} s\n".encode(),
            )

    def many_calls(self, template, users, each):
        """Return open calls in the lists of many users, each about a unit of its own."""
        unit = template.purchase_id
        self.env.flush_all()
        total = len(users) * each
        self.env.cr.execute(
            """
            INSERT INTO kpb_purchase (partner_id, branch_id, product_id, purchase_date,
                                      schedule_id, stage_id, status, stnk_state,
                                      chassis_number, engine_number)
            SELECT p.partner_id, p.branch_id, p.product_id, p.purchase_date, p.schedule_id,
                   p.stage_id, p.status, p.stnk_state, 'MHX' || n, 'JFBX' || n
              FROM kpb_purchase p, generate_series(1, %s) n WHERE p.id = %s
            RETURNING id
            """,
            [total, unit.id],
        )
        units = [row[0] for row in self.env.cr.fetchall()]
        owners = [user.id for user in users for _number in range(each)]
        return self.env["kpb.followup"].create(
            [
                {
                    "purchase_id": unit_id,
                    "partner_id": template.partner_id.id,
                    "branch_id": self.branch.id,
                    "milestone_id": template.milestone_id.id,
                    "role_id": template.role_id.id,
                    "user_id": owner,
                    "planned_date": template.planned_date,
                    "first_deadline": template.first_deadline,
                    "deadline": template.deadline,
                }
                for unit_id, owner in zip(units, owners, strict=True)
            ]
        )


class TestEscalationAbsence(AbsenceCase):
    """The same for open escalations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kabeng = cls.make_member(cls.branch, "kabeng", groups="kpb_group_manager")

    def setUp(self):
        super().setUp()
        self.call = self.make_calls(1)
        self.run_cron("escalate", self.after(100))
        self.asked = self.call.escalation_ids
        self.assertEqual(self.asked.user_id, self.pic_crm)

    def test_who_fills_the_station_now_takes_over(self):
        second = self.make_member(self.head_office, "pic_crm")
        self.pic_crm.action_archive()
        self.assertFalse(self.asked.activity_ids)
        self.reconcile(100)
        self.assertEqual((self.asked.user_id, self.asked.state), (second, "open"))
        self.assertEqual(self.asked.activity_ids.user_id, second)
        with at_noon(self.after(100)):
            self.asked.with_user(second).reply("Sudah", resolved=True)

    def test_an_empty_station_climbs(self):
        self.line(self.pic_crm, self.head_office).unlink()
        self.reconcile(100)
        first, second = self.call.escalation_ids.sorted("id")
        self.assertEqual((first.state, second.state), ("silent", "open"))
        self.assertIn("not there", first.answer)
        self.assertEqual(second.user_id, self.kabeng)

    def test_on_leave_somebody_else_is_asked(self):
        second = self.make_member(self.head_office, "pic_crm")
        self.line(self.pic_crm, self.head_office).leave_from = self.after(100)
        self.reconcile(100)
        self.assertEqual(self.asked.user_id, second)

    def test_activities_of_answered_questions_end(self):
        activity = self.asked.activity_ids
        with at_noon(self.after(100)):
            self.asked.with_user(self.pic_crm).reply("Sudah", resolved=True)
        activity.active = True
        self.reconcile(100)
        self.assertFalse(activity.active)

    def test_a_closed_branch_asks_above(self):
        with at_noon(self.after(100)):
            self.asked.with_user(self.pic_crm).reply("Kabeng tolong", resolved=False)
        line = self.call.escalation_ids.sorted("id")[-1]
        self.assertEqual(line.user_id, self.kabeng)
        above = self.make_member(self.head_office, "kabeng", groups="kpb_group_manager")
        self.branch.action_archive()
        self.reconcile(100)
        self.assertEqual((line.user_id, line.state), (above, "open"))

    def test_a_lost_activity_comes_back_once(self):
        self.asked.activity_ids.with_user(self.pic_crm).unlink()
        self.reconcile(100)
        self.assertEqual(self.asked.activity_ids.user_id, self.pic_crm)
        before = self.rows_as_written("kpb_escalation", "mail_activity", "kpb_followup")
        self.reconcile(100)
        self.assertEqual(
            self.rows_as_written("kpb_escalation", "mail_activity", "kpb_followup"), before
        )
