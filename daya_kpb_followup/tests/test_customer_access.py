from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .test_escalation_access import AskedSister


class TestCustomerAccess(AskedSister):
    """A customer belongs to the branches that sold him a unit; who has no KPB sees no change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.unit.partner_id
        cls.customer.write({"birth_place": "Bandung", "birth_date": "1990-03-12"})
        cls.contact = cls.env["res.partner"].create({"name": "Biro STNK Uji"})

    def seen_by(self, user, partners):
        partners = partners.with_user(user)
        partners.invalidate_recordset()
        return partners.search([("id", "in", partners.ids)])

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_a_sister_s_people_see_no_customer_of_ours(self):
        customers = self.customer | self.other_unit.partner_id
        for person in (self.sister_kacab, self.sister_admin, self.sister_sales):
            self.assertFalse(self.seen_by(person, customers))
            customer = self.customer.with_user(person)
            for refused in (
                lambda customer=customer: customer.read(["name"]),
                lambda customer=customer: customer.read(["birth_date"]),
                lambda customer=customer: customer.write({"name": "Orang Lain"}),
            ):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    refused()
            self.assertFalse(customer.name_search(self.customer.name))
        self.assertEqual(self.customer.name, "Siti Eskalasi")

    def test_who_is_asked_still_reads_the_name_on_his_card(self):
        row = self.asked.with_user(self.sister_kacab).read(["partner_id", "phone"])[0]
        self.assertEqual(row["partner_id"][1], "Siti Eskalasi")
        self.assertIn("7890", row["phone"])
        rows = self.asked.with_user(self.sister_kacab).web_read(
            {"partner_id": {"fields": {"display_name": {}}}, "phone": {}}
        )
        self.assertEqual(rows[0]["partner_id"]["display_name"], "Siti Eskalasi")

    def test_the_branch_and_those_above_it_see_him(self):
        for person in (self.sales, self.admin_crm, self.kacab, self.pic_crm):
            self.assertEqual(self.seen_by(person, self.customer), self.customer)
            self.assertTrue(self.customer.with_user(person).read(["birth_date"])[0]["birth_date"])

    def test_contacts_without_a_unit_and_colleagues_stay_readable(self):
        others = self.contact | self.kacab.partner_id | self.env.company.partner_id
        self.assertEqual(self.seen_by(self.sister_admin, others), others)
        # also a colleague who bought a unit himself
        self.make_purchase(self.branch._today(), partner_id=self.kacab.partner_id.id)
        self.assertTrue(self.seen_by(self.sister_admin, self.kacab.partner_id))

    def test_who_bought_in_two_branches_is_known_in_both(self):
        again = self.make_purchase(
            self.branch._today(), branch=self.sister, partner_id=self.customer.id
        )
        self.assertEqual(self.customer.kpb_other_branch_ids, self.branch)
        for person in (self.sales, self.sister_admin):
            self.assertTrue(self.seen_by(person, self.customer))
        again.salesperson_id = False
        again.branch_id = self.branch
        self.assertFalse(self.customer.kpb_other_branch_ids)
        self.assertFalse(self.seen_by(self.sister_admin, self.customer))

    def test_the_relation_can_be_filled_anew(self):
        self.make_purchase(self.branch._today(), branch=self.sister, partner_id=self.customer.id)
        self.env.flush_all()
        count = "SELECT partner_id, branch_id FROM kpb_customer_other_branch_rel ORDER BY 1, 2"
        self.env.cr.execute(count)
        kept = self.env.cr.fetchall()
        self.assertIn((self.customer.id, self.branch.id), kept)
        self.env.cr.execute("DELETE FROM kpb_customer_other_branch_rel")
        self.env["res.partner"]._fill_kpb_other_branches()
        self.env.cr.execute(count)
        self.assertEqual(self.env.cr.fetchall(), kept)

    def test_who_does_not_use_kpb_sees_what_odoo_shows(self):
        clerk = new_test_user(self.env, login="kpb_clerk", groups="base.group_user")
        self.assertTrue(self.seen_by(clerk, self.customer))

    def test_who_answers_for_people_s_data_finds_everybody(self):
        officer = new_test_user(
            self.env,
            login="kpb_officer",
            groups="daya_kpb_followup.kpb_group_user,daya_kpb_followup.kpb_group_privacy",
        )
        self.assertTrue(self.seen_by(officer, self.customer))

    def test_a_new_customer_is_there_for_who_enters_him(self):
        customer = self.env["res.partner"].with_user(self.sister_sales).create({"name": "Baru"})
        self.make_purchase(self.branch._today(), branch=self.sister, partner_id=customer.id)
        self.assertTrue(self.seen_by(self.sister_sales, customer))
        self.assertFalse(self.seen_by(self.sales, customer))

    def test_sales_managers_keep_the_activity_types(self):
        manager = new_test_user(
            self.env, login="kpb_sales_manager", groups="sales_team.group_sale_manager"
        )
        other = self.env.ref("mail.mail_activity_data_todo")
        own = self.env.ref("daya_kpb_followup.mail_activity_type_escalation")
        admin = self.make_member(self.branch, "pic_crm", groups="kpb_group_admin")
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            other.with_user(admin).summary = "Lain"
        own.with_user(admin).summary = "Jawab eskalasi"
        admin.group_ids = [Command.link(self.env.ref("sales_team.group_sale_manager").id)]
        for person in (manager, admin):
            other.with_user(person).summary = "Tugas"
            self.assertEqual(other.summary, "Tugas")
