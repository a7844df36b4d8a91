from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..models import kpb_purchase_search
from .common import PURCHASE_DAY, KpbCase, at_noon


class TestFinding(KpbCase):
    """A unit is found by whatever the customer says, among those of one's own branches, quickly."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with at_noon(PURCHASE_DAY):
            cls.unit = cls.make_purchase(license_plate="D 7351 XYZ")
            cls.foreign = cls.make_purchase(branch=cls.sister, license_plate="D 7352 XYZ")
        (cls.unit | cls.foreign).partner_id.name = "Wagiman Sastro"
        cls.unit.partner_id.phone = "+628137351001"

    def found(self, user, name):
        """Return the units that a person finds by typing."""
        units = self.env["kpb.purchase"].with_user(user)
        return units.browse(found["id"] for found in units.web_name_search(name, {}))

    def test_by_number_or_name(self):
        for words in ("7351", self.unit.engine_number, self.unit.chassis_number[-8:], "wagiman"):
            with self.subTest(words):
                self.assertEqual(self.found(self.admin_crm, words), self.unit)
        self.assertEqual(self.found(self.pic_crm, "wagiman"), self.unit | self.foreign)
        self.assertFalse(self.found(self.sister_admin, "7351"))

    def test_a_part_of_the_name_has_its_index(self):
        """As Odoo writes the search: without accents where the database can."""
        query = self.env["res.partner"].sudo()._search([("name", "ilike", "wagiman")], order="id")
        self.env.cr.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        self.assertIn("res_partner_kpb_name", str(plan))

    def test_by_a_name_that_thousands_have(self):
        with patch.object(kpb_purchase_search, "MOST_CUSTOMERS", 1):
            self.assertEqual(self.found(self.admin_crm, "wagiman"), self.unit)

    def test_by_any_part_of_the_phone(self):
        units = self.env["kpb.purchase"].with_user(self.admin_crm)
        for words in ("0813 7351-001", "+62 813 7351 001", "7351001", "51"):
            with self.subTest(words):
                self.assertIn(self.unit, units.search([("phone", "ilike", words)]))
        self.assertFalse(units.search([("phone", "ilike", "7351002")]))

    def test_a_search_names_the_branches_and_walks_no_relation(self):
        query = self.env["kpb.purchase"].with_user(self.admin_crm)._search([]).select().code
        self.assertIn('"kpb_purchase"."branch_id" IN', query)
        self.assertNotIn("kpb_branch_access_rel", query)

    def test_who_left_the_branch_finds_nothing_with_the_next_click(self):
        units = self.env["kpb.purchase"].with_user(self.admin_crm)
        self.assertEqual(units.search([("id", "=", self.unit.id)]), self.unit)
        self.branch.member_ids.filtered(lambda line: line.user_id == self.admin_crm).unlink()
        self.assertFalse(units.search([("id", "=", self.unit.id)]))
        self.add_member(self.branch, "admin_crm_h2", self.admin_crm)
        self.assertEqual(units.search([("id", "=", self.unit.id)]), self.unit)

    def test_an_archived_branch_is_seen_from_above_only(self):
        self.branch.active = False
        for user, found in ((self.pic_crm, self.unit), (self.kacab, self.unit.browse())):
            units = self.env["kpb.purchase"].with_user(user)
            self.assertEqual(units.search([("id", "=", self.unit.id)]), found)
            self.assertEqual(self.branch.with_user(user).is_mine, bool(found))

    def test_whose_branches_somebody_sees_is_for_administrators_and_not_copied(self):
        with self.assertRaises(AccessError):
            self.kacab.with_user(self.admin_crm).read(["kpb_branch_ids"])
        self.assertEqual(self.kacab.kpb_branch_ids, self.branch)
        self.assertFalse(self.kacab.copy({"login": "another"}).kpb_branch_ids)
