from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from .common import PURCHASE_DAY, KpbCase, at_noon

NIK = "3273014105900001"
OTHER_NIK = "3273011203900002"
PHONE = "+6281277665544"


class TestDuplicates(KpbCase):
    """A customer has one entry and one way of writing his numbers; people merge, nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with at_noon(PURCHASE_DAY):
            cls.one, cls.two = cls.make_purchase(), cls.make_purchase()
            cls.far = cls.make_purchase(branch=cls.sister)
        cls.partners = cls.one.partner_id + cls.two.partner_id
        cls.reader = cls.make_member(cls.branch, "sales_admin")
        cls.reader.group_ids += cls.env.ref("daya_kpb_followup.kpb_group_privacy")

    def found(self, user, kind):
        """Return the groups of a kind with a customer of these tests, as a person sees them."""
        self.env.flush_all()
        self.env.invalidate_all()
        ours = self.partners | self.far.partner_id
        groups = self.env["kpb.duplicate"].with_user(user).search([("kind", "=", kind)])
        return groups.filtered(lambda group: group.partner_ids & ours)

    def merge(self, user, kind):
        """Press Merge… and confirm Odoo's form."""
        action = self.found(user, kind).action_merge()
        self.assertEqual(action["res_model"], "base.partner.merge.automatic.wizard")
        wizard = self.env[action["res_model"]].with_user(user).with_context(**action["context"])
        form = Form(wizard)
        form.dst_partner_id = self.two.partner_id
        form.save().action_merge()
        self.env.invalidate_all()

    # the list
    def test_a_shared_phone_is_proposed_and_left_alone(self):
        self.partners.write({"phone": PHONE})
        group = self.found(self.kacab, "phone")
        self.assertEqual(group.partner_ids, self.partners)
        self.assertEqual(group.customer_count, 2)
        self.assertEqual(group.display_name, "0812-7766-5544")
        self.assertEqual(self.partners.exists(), self.partners)
        group.action_merge()
        self.assertEqual(self.partners.exists(), self.partners, "asked first")

    def test_a_shared_nik_shows_four_digits(self):
        self.partners.write({"nik": NIK})
        group = self.found(self.kacab, "nik")
        self.assertEqual(group.partner_ids, self.partners)
        self.assertEqual(group.display_name, "•••• 0001")
        self.assertNotIn(NIK, str(group.read()))

    def test_one_customer_with_two_units_is_no_duplicate(self):
        self.partners[0].write({"phone": PHONE, "nik": NIK})
        self.two.partner_id = self.one.partner_id
        self.env["res.partner"].create({"name": "Bukan konsumen", "phone": PHONE, "nik": NIK})
        self.assertFalse(self.found(self.kacab, "phone") | self.found(self.kacab, "nik"))

    def test_customers_of_other_branches_are_not_shown(self):
        (self.one.partner_id + self.far.partner_id).write({"phone": PHONE})
        sister_kacab = self.make_member(self.sister, "kacab", groups="kpb_group_manager")
        self.assertFalse(self.found(self.kacab, "phone"))
        self.assertFalse(self.found(sister_kacab, "phone"))
        admin = self.make_member(self.head_office, "pic_crm_h1", groups="kpb_group_admin")
        self.assertEqual(len(self.found(admin, "phone").partner_ids), 2)
        self.partners.write({"phone": PHONE})
        self.assertEqual(self.found(self.kacab, "phone").partner_ids, self.partners)
        self.assertFalse(self.found(sister_kacab, "phone"))

    def test_the_list_is_for_managers(self):
        with self.assertRaises(AccessError):
            self.env["kpb.duplicate"].with_user(self.admin_crm).search([])

    # the merge
    def test_units_calls_and_validations_go_along(self):
        self.generate(self.after(90))
        self.partners.write({"phone": PHONE})
        gone, kept = self.one.partner_id, self.two.partner_id
        gone.write({"nik": NIK, "kpb_do_not_contact": False})
        said = self.one.with_user(self.admin_crm).validate_customer("phone", {"name": True})
        calls = (self.one + self.two).followup_ids
        self.assertTrue(self.one.followup_ids and self.two.followup_ids)
        self.merge(self.kacab, "phone")
        self.assertFalse(gone.exists())
        self.assertEqual(kept.kpb_purchase_ids, self.one + self.two)
        self.assertEqual(calls.exists(), calls)
        self.assertEqual(calls.partner_id, kept)
        self.assertEqual(said.partner_id, kept)
        self.assertEqual(kept.kpb_validated_on, said.date.date())
        self.assertEqual(kept.nik, NIK, "kept although the manager may not read it")
        self.assertFalse(self.found(self.kacab, "phone"))

    def test_a_customer_of_two_branches_stays_with_both(self):
        (self.one.partner_id + self.far.partner_id).write({"phone": PHONE})
        admin = self.make_member(self.head_office, "pic_crm_h1", groups="kpb_group_admin")
        self.merge(admin, "phone")
        kept = self.one.partner_id
        self.assertEqual(kept, self.far.partner_id)
        self.assertEqual(
            kept.kpb_branch_id + kept.kpb_other_branch_ids,
            self.one.branch_id + self.far.branch_id,
        )

    def test_two_people_with_one_phone_stay_two(self):
        self.partners.write({"phone": PHONE})
        self.one.partner_id.nik, self.two.partner_id.nik = NIK, OTHER_NIK
        with self.assertRaisesRegex(UserError, "different people"):
            self.merge(self.kacab, "phone")
        self.assertEqual(self.partners.exists(), self.partners)

    # the numbers
    def test_a_nik_is_stored_as_sixteen_digits(self):
        customer = self.one.partner_id.with_user(self.reader)
        customer.nik = "3273 0141 0590.0001"
        self.assertEqual(customer.nik, NIK)
        with self.assertRaisesRegex(UserError, "16 digits"):
            customer.write({"nik": "12345", "name": "Berubah"})
        self.assertNotEqual(customer.name, "Berubah")
        self.assertEqual(customer.nik, NIK)
        new = customer.create({"name": "Baru", "nik": "３２７３０１１２０３９００００２"})
        self.assertEqual(new.nik, OTHER_NIK)
        with self.assertRaisesRegex(UserError, "date of birth"):
            customer.create({"name": "Baru", "nik": "3273019905900001"})
        customer.nik = False
        self.assertFalse(customer.nik)

    def test_a_customers_phone_is_stored_with_its_country(self):
        customer = self.one.partner_id.with_user(self.admin_crm)
        for typed in ("0812-7766-5544", "+62 0812 7766 5544", "62 812.7766.5544"):
            with self.subTest(typed=typed):
                customer.phone = False
                customer.phone = typed
                self.assertEqual(customer.phone, PHONE)
        with self.assertRaisesRegex(UserError, "0812"):
            customer.write({"phone": "rumah Pak RT", "name": "Berubah"})
        self.assertNotEqual(customer.name, "Berubah")
        self.assertEqual(customer.phone, PHONE)

    def test_others_write_phones_as_they_like(self):
        customer = self.one.partner_id
        customer.phone = "rumah Pak RT"  # as a file or another system left it
        customer.with_user(self.admin_crm).write({"phone": "rumah Pak RT", "city": "Bandung"})
        self.assertEqual(customer.city, "Bandung")
        stranger = customer.with_user(self.admin_crm).create({"name": "Toko", "phone": "ext. 12"})
        stranger.phone = "ext. 13"
        self.assertEqual(stranger.phone, "ext. 13")
        clerk = new_test_user(
            self.env, "kpb_test_clerk", "base.group_user,base.group_partner_manager"
        )
        customer.with_user(clerk).phone = "rumah Pak RW"
        self.assertEqual(customer.phone, "rumah Pak RW")
        customer.with_user(clerk).phone = "0812 7766 5544"
        self.assertEqual(customer.phone, PHONE)

    def test_many_at_once(self):
        stranger = self.env["res.partner"].create({"name": "Toko"})
        (self.one.partner_id + stranger).with_user(self.admin_crm).write({"phone": "081277665544"})
        self.assertEqual(self.one.partner_id.phone, PHONE)
        self.assertEqual(stranger.phone, "081277665544")

    def test_a_new_owner_is_a_customer_from_the_start(self):
        transfer = self.env["kpb.transfer"].with_user(self.kacab)
        asked = transfer.create(
            {"purchase_id": self.one.id, "name": "Dewi", "phone": "rumah Pak RT"}
        )
        with self.assertRaisesRegex(UserError, "0812"):
            asked.action_confirm()
        asked.phone = "0812 7766 5544"
        asked.action_confirm()
        self.assertEqual(self.one.partner_id.phone, PHONE)
