from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .call_case import TODAY, CallCase


@tagged("post_install", "-at_install")
class TestCallCounts(CallCase):
    """The numbers above a caller's list are the lengths of the lists, for him."""

    def counts(self, user, domains):
        return self.env["kpb.followup"].with_user(user).call_counts(domains)

    def test_each_number_is_the_length_of_its_list(self):
        for days in (0, 0, -1, -3, -7, 2):
            self.make_call("kpb2", deadline=TODAY + timedelta(days=days))
        self.make_call("kpb2", user=self.sales)
        mine = [("user_id", "=", self.admin_crm.id), ("state", "in", ("todo", "appointment"))]
        domains = {
            "today": [*mine, ("deadline", "=", "2026-08-12")],
            "overdue": [*mine, ("deadline", "<", "2026-08-12")],
            "all": mine,
        }
        self.assertEqual(self.counts(self.admin_crm, domains), {"today": 2, "overdue": 3, "all": 6})

    def test_nobody_counts_what_he_may_not_see(self):
        self.make_call("kpb2", branch=self.sister, user=self.sister_admin)
        everything = {"all": [("branch_id", "in", (self.branch | self.sister).ids)]}
        self.assertEqual(self.counts(self.sister_admin, everything), {"all": 1})
        self.assertEqual(self.counts(self.admin_crm, everything), {"all": 0})

    def test_what_is_no_list_is_refused_with_a_sentence(self):
        for wrong in ([], None, "all", {str(number): [] for number in range(13)}):
            with self.assertRaisesRegex(UserError, "Counters"):
                self.counts(self.admin_crm, wrong)
