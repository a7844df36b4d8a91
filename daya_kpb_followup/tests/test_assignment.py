from odoo.tests import new_test_user

from .common import PURCHASE_DAY, KpbCase, at_noon


class TestAssignment(KpbCase):
    """S1: the customer's own seller, else the role, else above, else a stand-in, else nobody."""

    def setUp(self):
        super().setUp()
        self.lines = self.env["kpb.branch.member"]

    def stop(self, user, branch=None):
        """End a user's roles in a branch."""
        lines = self.lines.search([("user_id", "=", user.id)])
        lines.filtered(lambda line: line.branch_id == (branch or self.branch)).active = False

    def call(self, days=15, **vals):
        """Return the newest call of a new purchase after some days."""
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase(**vals)
        self.generate(self.after(days))
        return purchase.followup_ids.sorted("planned_date")[-1:]

    def assertNobody(self, call):
        self.assertEqual(call.state, "todo")
        self.assertFalse(call.user_id)
        self.assertFalse(call.activity_ids)
        self.assertIn(self.branch.name, call.no_owner_reason)
        self.assertIn(self.head_office.name, call.no_owner_reason)

    # the customer's own salesperson
    def test_the_salesperson_makes_the_calls_of_the_salesforce(self):
        self.make_member(self.branch, "salesforce")
        self.assertEqual(self.call().user_id, self.sales)

    def test_a_salesperson_does_not_make_the_calls_of_other_roles(self):
        self.assertEqual(self.call(90).user_id, self.admin_crm)

    def test_an_archived_salesperson_is_replaced(self):
        colleague = self.make_member(self.branch, "salesforce")
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        self.sales.action_archive()
        self.generate(self.after(15))
        self.assertEqual(purchase.followup_ids.user_id, colleague)

    def test_a_salesperson_who_is_no_member_any_more_is_replaced(self):
        colleague = self.make_member(self.branch, "salesforce")
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        self.stop(self.sales)
        self.generate(self.after(15))
        self.assertEqual(purchase.followup_ids.user_id, colleague)

    def test_a_salesperson_with_another_role_only_does_not_call(self):
        self.stop(self.sales)
        self.add_member(self.branch, "kabeng", self.sales)
        colleague = self.make_member(self.branch, "salesforce")
        self.assertEqual(self.call().user_id, colleague)

    # the role
    def test_calls_go_to_the_least_loaded(self):
        colleague = self.make_member(self.branch, "admin_crm_h2")
        with at_noon(PURCHASE_DAY):
            purchases = [self.make_purchase() for _number in range(6)]
        self.generate(self.after(90))
        callers = [self.followup(purchase, "kpb2").user_id for purchase in purchases]
        self.assertEqual(callers.count(self.admin_crm), 3)
        self.assertEqual(callers.count(colleague), 3)

    def test_open_calls_of_before_count_as_load(self):
        with at_noon(PURCHASE_DAY):
            for _number in range(2):
                self.make_purchase()
        self.generate(self.after(90))
        colleague = self.make_member(self.branch, "admin_crm_h2")
        self.assertEqual(self.call(90).user_id, colleague)

    def test_nobody_of_a_sister_branch_is_asked(self):
        self.stop(self.admin_crm)
        self.assertNotIn(self.call(90).user_id, self.sister_admin | self.sister_sales)

    # above, and stand-ins
    def test_the_role_above_comes_before_a_stand_in(self):
        self.stop(self.admin_crm)
        above = self.make_member(self.head_office, "admin_crm_h2")
        self.assertEqual(self.call(90).user_id, above)

    def test_pic_crm_stands_in_before_the_branch_manager(self):
        self.stop(self.admin_crm)
        self.assertEqual(self.call(90).user_id, self.pic_crm)

    def test_the_branch_manager_is_the_last_to_stand_in(self):
        self.stop(self.admin_crm)
        self.stop(self.pic_crm, self.head_office)
        self.assertEqual(self.call(90).user_id, self.kacab)

    # nobody
    def test_nobody_means_the_list_without_owner_with_the_reason(self):
        for user in (self.admin_crm, self.kacab):
            self.stop(user)
        self.stop(self.pic_crm, self.head_office)
        self.assertNobody(self.call(90))

    def test_archived_members_are_nobody(self):
        (self.admin_crm | self.kacab | self.pic_crm).action_archive()
        self.assertNobody(self.call(90))

    def test_a_member_who_comes_later_gets_what_waited(self):
        (self.admin_crm | self.kacab | self.pic_crm).action_archive()
        call = self.call(90)
        self.run_cron("reconcile", self.after(91))
        self.assertNobody(call)
        newcomer = self.make_member(self.branch, "admin_crm_h2")
        self.run_cron("reconcile", self.after(92))
        self.assertOneCall(call, newcomer, call.deadline)
        self.assertFalse(call.no_owner_reason)

    def test_a_person_without_right_to_the_branch_never_gets_its_calls(self):
        stranger = new_test_user(
            self.env, login="kpb_stranger", groups="daya_kpb_followup.kpb_group_user"
        )
        self.assertNotEqual(self.call(90).user_id, stranger)
        for call in self.env["kpb.followup"].search([("user_id", "!=", False)]):
            self.assertIn(call.user_id, call.branch_id.access_user_ids)
