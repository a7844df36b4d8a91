from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError

from ..models.kpb_clock import FARTHEST, KpbClock
from .common import ADDON, PURCHASE_DAY, KpbCase, at_noon

#: Scheduled actions that do something because a day has come.
DATED = ("generate", "lifecycle", "escalate", "reconcile", "summary", "helper_1")
FACTS = ("kpb_purchase", "kpb_followup", "kpb_escalation", "mail_activity", "mail_mail")


class TestClock(KpbCase):
    """A clock that is far ahead stops the work until a person says that the date is right."""

    believes_the_clock = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["kpb.branch"].with_context(active_test=False).search([]).generated_as_of = False
        with at_noon(PURCHASE_DAY):
            cls.purchase = cls.make_purchase()
        cls.admin = cls.make_member(cls.head_office, "kabeng", groups="kpb_group_admin")

    def run_quietly(self, name, day):
        with self.assertLogs(f"{ADDON}.models.kpb_clock", "WARNING") as logs:
            self.run_cron(name, day)
        self.assertIn("waits for an administrator", logs.output[0])

    def lines(self, user):
        return self.env["kpb.attention"].with_user(user).search([("kind", "=", "kpb.branch")])

    def test_a_new_database_begins_on_any_day(self):
        self.generate(self.after(15))
        self.assertTrue(self.followup(self.purchase, "stnk"))
        self.assertEqual(self.branch.generated_as_of, self.after(15))

    def test_forty_days_are_an_outage(self):
        self.generate(PURCHASE_DAY)
        self.generate(PURCHASE_DAY + FARTHEST)
        self.assertEqual(self.branch.generated_as_of, PURCHASE_DAY + FARTHEST)

    def test_forty_one_days_stop_every_job_and_change_nothing(self):
        self.generate(self.after(15))
        far = self.after(15) + FARTHEST + timedelta(days=1)
        before = self.rows_as_written(*FACTS)
        for name in DATED:
            with self.subTest(name):
                self.run_quietly(name, far)
        self.assertEqual(self.rows_as_written(*FACTS), before)
        self.assertEqual(self.branch.generated_as_of, self.after(15))

    def test_an_administrator_lets_the_work_go_on_from_the_list(self):
        self.generate(PURCHASE_DAY)
        far = self.after(100)
        self.run_quietly("generate", far)
        with at_noon(far):
            line = self.lines(self.admin).filtered(lambda line: line.branch_id == self.branch)
            self.assertTrue(line.can_confirm)
            self.assertIn("the last complete", line.advice)
            line.action_confirm_clock()
        self.generate(far)
        self.assertTrue(self.followup(self.purchase, "kpb2"))
        with at_noon(far):
            self.assertFalse(self.lines(self.admin).filtered("can_confirm"))
            with self.assertRaisesRegex(UserError, "believed already"):
                self.env["kpb.attention"].with_user(self.admin).action_confirm_clock()

    def test_nobody_else_can_confirm_it(self):
        self.generate(PURCHASE_DAY)
        with at_noon(self.after(100)):
            line = self.lines(self.kacab)
            self.assertEqual(line.branch_id, self.branch, "a manager sees his own branch")
            self.assertFalse(line.can_confirm)
            with self.assertRaises(AccessError):
                line.action_confirm_clock()
            with self.assertRaises(AccessError):
                self.env["kpb.clock"].with_user(self.kacab)._confirm()
        self.run_quietly("generate", self.after(100))

    def test_a_confirmed_day_is_not_a_blank_cheque(self):
        self.generate(PURCHASE_DAY)
        with at_noon(self.after(100)):
            self.env["kpb.clock"]._confirm()
        self.run_quietly("generate", self.after(100) + FARTHEST + timedelta(days=1))

    def test_a_new_branch_is_measured_by_the_others(self):
        self.generate(PURCHASE_DAY)
        with at_noon(self.after(30)):
            self.make_branch("Cabang Baru Uji", "TST-NEW", parent_id=self.head_office.id)
        self.generate(self.after(30))
        self.run_quietly("generate", self.after(90))

    def test_one_branch_that_lags_stops_nobody(self):
        self.generate(self.after(100))
        self.sister.generated_as_of = PURCHASE_DAY
        self.generate(self.after(101))
        self.assertEqual(self.sister.generated_as_of, self.after(101))

    def test_a_clock_that_goes_back_takes_nothing_away_and_doubles_nothing(self):
        self.generate(self.after(31))
        before = self.rows_as_written("kpb_purchase", "kpb_followup", "mail_activity")
        for back in (1, 30, 400):
            self.generate(self.after(31) - timedelta(days=back))
            after = self.rows_as_written("kpb_purchase", "kpb_followup", "mail_activity")
            self.assertEqual(after, before, f"{back} days back")
        with patch.object(KpbClock, "_is_plausible", lambda clock: True):
            self.generate(self.after(31))
        self.assertEqual(
            self.rows_as_written("kpb_purchase", "kpb_followup", "mail_activity"), before
        )
