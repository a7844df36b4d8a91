from odoo.exceptions import AccessError
from odoo.tests import TransactionCase

from ..rules.identity import parse_nik, parse_phone
from ..rules.outcomes import OPEN_STATES

BRANCHES = {
    "DMP": "Asia/Jakarta",
    "CHP": "Asia/Jakarta",
    "SKB": "Asia/Jakarta",
    "MKS": "Asia/Makassar",
}
LOGINS = {
    "sales.chp": "salesforce",
    "sales2.chp": "salesforce",
    "salesadmin.chp": "sales_admin",
    "stnk.chp": "admin_stnk",
    "crm.chp": "admin_crm_h2",
    "kacab.chp": "kacab",
    "kabeng.chp": "kabeng",
    "sales.skb": "salesforce",
    "crm.skb": "admin_crm_h2",
    "kacab.skb": "kacab",
    "kabeng.skb": "kabeng",
    "sales.mks": "salesforce",
    "crm.mks": "admin_crm_h2",
    "kacab.mks": "kacab",
    "kabeng.mks": "kabeng",
    "stnk.pusat": "admin_stnk",
    "salesadmin.pusat": "sales_admin",
    "picH1.pusat": "pic_crm_h1",
    "pic.pusat": "pic_crm",
}
LEAST_PER_STAGE = 2


class TestDemo(TransactionCase):
    """The demo data is a living dealer group; the database under test is made with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branches = cls.told("kpb.branch")
        cls.people = cls.told("res.users")
        cls.purchases = cls.told("kpb.purchase")
        cls.still_open = cls.purchases.followup_ids.filtered(
            lambda followup: followup.state in OPEN_STATES
        )

    @classmethod
    def told(cls, model):
        """Return the demo records of a model."""
        prefix = model.replace(".", "_")
        names = cls.env["ir.model.data"].search(
            [
                ("module", "=", "daya_kpb_followup"),
                ("model", "=", model),
                ("name", "=like", f"{prefix}_demo_%"),
            ]
        )
        return cls.env[model].browse(names.mapped("res_id"))

    def test_head_office_and_three_branches(self):
        self.assertEqual({branch.code: branch.tz for branch in self.branches}, BRANCHES)
        head_office = self.env.ref("daya_kpb_followup.kpb_branch_demo_dmp")
        self.assertFalse(head_office.parent_id)
        self.assertEqual((self.branches - head_office).parent_id, head_office)
        pcd = self.env.ref("daya_kpb_followup.kpb_schedule_pcd")
        self.assertEqual(
            self.branches.filtered(lambda branch: branch.schedule_id == pcd).mapped("code"), ["SKB"]
        )

    def test_every_role_is_filled_for_every_branch(self):
        roles = {user.login: user.kpb_member_ids.role_id.mapped("code") for user in self.people}
        self.assertEqual(roles, {login: [role] for login, role in LOGINS.items()})
        for branch in self.branches.filtered("parent_id"):
            filled = branch._lineage().member_ids.role_id
            self.assertEqual(filled, self.env["kpb.role"].search([]), branch.name)

    def test_people_log_in_with_their_login_and_read_indonesian(self):
        self.assertEqual(set(self.people.mapped("lang")), {"id_ID"})
        for user in self.people:
            self.assertEqual(user.tz, user.kpb_member_ids.branch_id.tz, user.login)
        caller = self.people.filtered(lambda user: user.login == "crm.chp")
        caller.with_user(caller)._check_credentials(
            {"type": "password", "login": "crm.chp", "password": "crm.chp"}, {"interactive": False}
        )
        menu = self.env.ref("base.menu_administration")
        self.assertNotEqual(
            menu.with_context(lang="id_ID").name, menu.with_context(lang="en_US").name
        )

    def test_identity_numbers_are_for_head_office_only(self):
        customer = self.purchases.partner_id.filtered("nik")[:1]
        for login in LOGINS:
            user = self.people.filtered(lambda person, login=login: person.login == login)
            asked = customer.with_user(user)
            asked.invalidate_recordset()
            if login == "pic.pusat":
                self.assertTrue(asked.nik)
            else:
                with self.assertRaises(AccessError, msg=login):
                    asked.read(["nik"])

    def test_sixty_units_in_all_stages(self):
        self.assertEqual(len(self.purchases), 60)
        units = self.purchases.grouped("stage_id")
        for stage in self.env["kpb.stage"].search([]):
            self.assertGreaterEqual(len(units.get(stage, ())), LEAST_PER_STAGE, stage.name)
        self.assertIn("at_risk", self.purchases.mapped("status"))

    def test_customers_can_be_called_and_identified(self):
        for customer in self.purchases.partner_id:
            self.assertEqual(parse_phone(customer.phone).e164, customer.phone, customer.name)
            if customer.nik:
                nik = parse_nik(customer.nik, birth_date=customer.birth_date or None)
                self.assertFalse(nik.warnings, customer.name)

    def test_every_open_call_has_somebody_who_sees_it(self):
        self.assertTrue(self.still_open)
        for followup in self.still_open:
            if followup.user_id:
                self.assertEqual(len(followup.activity_ids), 1, followup.display_name)
                self.assertEqual(followup.activity_ids.user_id, followup.user_id)
            else:
                self.assertTrue(followup.no_owner_reason, followup.display_name)

    def test_deadlines_are_working_days(self):
        for followup in self.purchases.followup_ids:
            working_day = followup.branch_id._working_day(followup.planned_date)
            self.assertEqual(followup.first_deadline, working_day, followup.display_name)

    def test_lost_and_at_risk_have_their_evidence(self):
        given_up = self.purchases.filtered(lambda unit: unit.status in ("lost", "at_risk"))
        for unit in given_up:
            self.assertTrue(unit.evidence_ids, unit.display_name)
            self.assertEqual(bool(unit.lost_date), unit.status == "lost", unit.display_name)
            self.assertEqual(bool(unit.lost_reason_id), unit.status == "lost", unit.display_name)
