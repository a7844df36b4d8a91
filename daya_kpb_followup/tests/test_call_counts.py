from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .call_case import TODAY, CallCase


@tagged("post_install", "-at_install")
class TestCallCounts(CallCase):
    """The numbers above a caller's list are the lengths of the lists, for him."""

    def counts(self, user, domains):
        return self.env["kpb.followup"].with_user(user).call_counts(domains)["calls"]

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

    def shown_tasks(self, user):
        """Return the units that a person's list of unit tasks opens with, by its own filters."""
        action = self.env.ref("daya_kpb_followup.kpb_purchase_action_tasks").with_user(user).sudo()
        units = self.env[action.res_model].with_user(user)
        arch = etree.fromstring(units.get_view(action.search_view_id.id, "search")["arch"])
        [default] = literal_eval(action.context)
        [task_filter] = arch.xpath(f"//filter[@name='{default.removeprefix('search_default_')}']")
        return units.search(safe_eval(task_filter.get("domain"), {"uid": user.id}))

    def test_unit_tasks_are_counted_as_their_list_shows_them(self):
        units = self.env["kpb.purchase"].union(
            *(self.make_call("kpb2").purchase_id for _number in range(3))
        )
        for unit, people in zip(
            units,
            (self.admin_stnk, self.admin_stnk | self.sales_admin, self.sales_admin),
            strict=True,
        ):
            for person in (*people, *people):
                unit.activity_schedule(summary="STNK", user_id=person.id)
        for person, theirs in (
            (self.admin_stnk, units[:2]),
            (self.sales_admin, units[1:]),
            (self.admin_crm, units[:0]),
        ):
            with self.subTest(person.login):
                counts = self.env["kpb.followup"].with_user(person).call_counts({})
                self.assertEqual(counts, {"calls": {}, "tasks": len(theirs)})
                self.assertEqual(self.shown_tasks(person), theirs)

    def test_what_is_no_list_is_refused_with_a_sentence(self):
        for wrong in ([], None, "all", {str(number): [] for number in range(13)}):
            with self.assertRaisesRegex(UserError, "Counters"):
                self.counts(self.admin_crm, wrong)
