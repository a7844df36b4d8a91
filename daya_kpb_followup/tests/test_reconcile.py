from contextlib import contextmanager
from unittest.mock import patch

from ..models import kpb_job
from .common import PURCHASE_DAY, KpbCase, at_noon


class TestReconcile(KpbCase):
    """What happens to people and activities loses no open call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with at_noon(PURCHASE_DAY):
            cls.purchases = cls.env["kpb.purchase"].union(
                *(cls.make_purchase() for _number in range(5))
            )

    def setUp(self):
        super().setUp()
        self.generate(self.after(90))
        self.calls = self.purchases.followup_ids.filtered(
            lambda call: call.milestone_code == "kpb2"
        )
        self.colleague = self.make_member(self.branch, "admin_crm_h2")

    def reconcile(self):
        self.run_cron("reconcile", self.after(91))

    def assertNoneLost(self, *owners):
        """Every call is open, with one owner of these and one activity of that owner."""
        self.assertEqual(len(self.calls), 5)
        for call in self.calls:
            self.assertIn(call.user_id, owners)
            self.assertOneCall(call, call.user_id, call.deadline)

    def test_a_cancelled_activity_comes_back(self):
        self.calls[0].activity_ids.with_user(self.admin_crm).action_cancel()
        self.calls[1].activity_ids.with_user(self.admin_crm).unlink()
        self.calls[2].activity_ids.active = False
        self.reconcile()
        self.assertNoneLost(self.admin_crm)

    def test_an_archived_user_s_calls_are_handed_over(self):
        self.admin_crm.action_archive()
        self.assertFalse(self.calls.activity_ids, "Odoo deletes them")
        self.reconcile()
        self.assertNoneLost(self.colleague)

    def test_calls_of_who_left_the_branch_are_handed_over(self):
        lines = self.env["kpb.branch.member"].search([("user_id", "=", self.admin_crm.id)])
        lines.active = False
        self.reconcile()
        self.assertNoneLost(self.colleague)

    def test_calls_of_whose_membership_was_deleted_are_handed_over(self):
        self.env["kpb.branch.member"].search([("user_id", "=", self.admin_crm.id)]).unlink()
        self.reconcile()
        self.assertNoneLost(self.colleague)

    def test_who_has_another_role_in_the_branch_keeps_his_calls(self):
        self.add_member(self.branch, "kabeng", self.admin_crm)
        lines = self.env["kpb.branch.member"].search([("user_id", "=", self.admin_crm.id)])
        lines.filtered(lambda line: line.role_id.code == "admin_crm_h2").active = False
        self.reconcile()
        self.assertNoneLost(self.admin_crm)

    def test_handed_over_calls_are_spread(self):
        second = self.make_member(self.branch, "admin_crm_h2", login="kpb_second_colleague")
        self.admin_crm.action_archive()
        self.reconcile()
        counts = [
            len(self.calls.filtered(lambda call, u=u: call.user_id == u))
            for u in (self.colleague, second)
        ]
        self.assertEqual(sorted(counts), [2, 3])

    def test_when_everybody_is_gone_the_calls_wait_in_the_list_without_owner(self):
        (self.admin_crm | self.colleague | self.kacab | self.pic_crm).action_archive()
        self.reconcile()
        self.assertFalse(self.calls.user_id)
        self.assertTrue(all(self.calls.mapped("no_owner_reason")))
        self.assertEqual(set(self.calls.mapped("state")), {"todo"})

    def test_closed_calls_are_left_alone(self):
        with at_noon(self.after(90)):
            self.calls[0].with_user(self.admin_crm).log_attempt("refused")
        self.admin_crm.action_archive()
        self.reconcile()
        self.assertEqual(self.calls[0].user_id, self.admin_crm)
        self.assertFalse(self.calls[0].activity_ids)

    def test_pieces_of_any_size_lose_nothing(self):
        self.admin_crm.action_archive()
        with patch.object(kpb_job, "CHUNK", 2):
            self.reconcile()
        self.assertNoneLost(self.colleague)

    def test_a_poisoned_call_stops_no_other(self):
        bad = self.calls[1]
        self.admin_crm.action_archive()
        with self.poisoned(bad):
            self.run_failing_cron("reconcile", self.after(91))
        self.assertTrue(bad.park_error)
        for call in self.calls - bad:
            self.assertOneCall(call, self.colleague, call.deadline)
        self.run_cron("reconcile", self.after(92))
        self.assertNoneLost(self.colleague)

    @contextmanager
    def poisoned(self, bad):
        """Let the hand-over of a call fail."""
        assignment = self.registry["kpb.assignment"]
        hand_over = assignment._hand_over

        def refuse(engine, followups):
            if bad.id in followups.ids:
                raise KeyError("nothing there")
            hand_over(engine, followups)

        with patch.object(assignment, "_hand_over", refuse):
            yield

    def test_a_changed_team_wakes_the_reconciliation(self):
        triggers = self.env["ir.cron.trigger"].search
        cron = self.env.ref("daya_kpb_followup.ir_cron_kpb_reconcile")
        waiting = [("cron_id", "=", cron.id)]
        line = self.env["kpb.branch.member"].search([("user_id", "=", self.admin_crm.id)])
        for change in (
            lambda: self.make_member(self.branch, "kabeng"),
            lambda: line.write({"active": False}),
            line.unlink,
        ):
            triggers(waiting).unlink()
            change()
            self.assertTrue(triggers(waiting))
