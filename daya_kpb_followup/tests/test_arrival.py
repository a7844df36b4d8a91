from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from .call_case import BOUGHT, FRIDAY, TODAY, CallCase, utc


class TestArrival(CallCase):
    """The front desk: number in, unit and what is due on the screen, visit recorded."""

    def setUp(self):
        super().setUp()
        self.call = self.make_call("kpb2")
        self.unit = self.call.purchase_id
        self.unit.write({"license_plate": "D 4512 AB"})
        self.unit.partner_id.write({"name": "Siti Uji", "phone": "+6281234567890"})

    def arrive(self, entry, user=None):
        """Return the front desk's form with a number entered."""
        form = Form(self.env["kpb.arrival"].with_user(user or self.admin_crm))
        form.entry = entry
        return form

    def save(self, form):
        """Press the button; return the visit."""
        before = self.env["kpb.visit"].search([])
        form.save().action_save_next()
        return self.env["kpb.visit"].search([]) - before

    # finding
    def test_found_by_whatever_number_the_customer_shows(self):
        for entry in (
            "D 4512 AB",
            "d4512ab",
            "d-4512-ab",
            "D 4512",
            self.unit.engine_number,
            self.unit.chassis_number.lower(),
            self.unit.chassis_number[-6:],
            "0812-3456-7890",
            "+62 812 3456 7890",
            "siti uji",
        ):
            with self.subTest(entry=entry):
                form = self.arrive(entry)
                self.assertEqual(form.purchase_id, self.unit)
                self.assertEqual((form.found, form.customer), ("one", "Siti Uji"))

    def test_nothing_found_says_so(self):
        for entry, found in (("Z 9999 ZZ", "none"), ("x", "none"), ("", False), (False, False)):
            with self.subTest(entry=entry):
                form = self.arrive(entry)
                self.assertFalse(form.purchase_id)
                self.assertEqual(form.found, found)
        with self.assertRaisesRegex(UserError, "Unit: enter"):
            self.arrive("Z 9999 ZZ").save().action_save_next()

    def test_what_is_not_found_is_registered_with_its_number(self):
        for entry, known in (
            ("z-9999-zz", {"default_license_plate": "Z 9999 ZZ"}),
            ("mh1jm0000ab000001", {"default_chassis_number": "MH1JM0000AB000001"}),
            ("JM9AE-1999999", {"default_engine_number": "JM9AE1999999"}),
            ("Nama Siapa", {}),
            ("0812-9999-0000", {}),
        ):
            with self.subTest(entry=entry):
                action = self.arrive(entry).save().action_register()
                self.assertEqual((action["res_model"], action["context"]), ("kpb.purchase", known))

    def test_several_leave_the_choice(self):
        other = self.make_purchase(BOUGHT, license_plate="D 4513 AB")
        form = self.arrive("D 451")
        self.assertEqual(form.found, "several")
        self.assertFalse(form.purchase_id)
        form.purchase_id = other
        self.assertEqual((form.found, form.unit), ("several", "D 4513 AB · Vario 125 Uji"))

    # what is shown
    def test_what_is_due_the_appointment_and_the_coupon_are_there(self):
        self.assertFalse(self.arrive("D 4512 AB").appointment)
        self.call._make_appointment(utc(FRIDAY, 9), False)
        form = self.arrive("D 4512 AB")
        self.assertEqual((form.due, form.service, form.place), ("KPB 2", "2", "own"))
        self.assertRegex(form.appointment, "9.00")
        self.assertEqual([line["number"] for line in form.coupons], [1, 2, 3, 4])

    def test_the_lowest_valid_unused_coupon_is_suggested(self):
        unit = self.make_purchase(TODAY - timedelta(days=70), license_plate="D 1 A")
        self.assertEqual(self.arrive("D 1 A").service, "1")
        self.env["kpb.visit"].create({"purchase_id": unit.id, "date": TODAY, "kpb_number": 1})
        self.assertEqual(self.arrive("D 1 A").service, "2")
        unit.purchase_date = TODAY - timedelta(days=255)
        self.assertEqual(self.arrive("D 1 A").service, "3")
        unit.purchase_date = TODAY - timedelta(days=376)
        self.assertEqual(self.arrive("D 1 A").service, "0")

    def test_what_does_not_fit_is_said_before_it_is_saved(self):
        self.env["kpb.visit"].create(
            {"purchase_id": self.unit.id, "date": TODAY, "kpb_number": 1, "odometer": 900}
        )
        form = self.arrive("D 4512 AB")
        self.assertFalse(form.warning)
        form.odometer = 90
        self.assertIn("900 km", form.warning)
        form.odometer = 5_000
        self.assertIn("4.250 km", form.warning)
        form.odometer = 1_000
        self.assertFalse(form.warning)
        form.service = "1"
        self.assertIn("used already", form.warning)

    # recording
    def test_one_screen_records_everything(self):
        self.unit.partner_id.street = "Jl. Braga 1"
        form = self.arrive("D 4512 AB")
        form.odometer = 3_500
        form.relation = "child"
        form.brought_by = "Budi"
        form.brought_by_phone = "0813"
        form.odm_validated = True
        form.odm_reference = "ODM-12"
        form.odm_phone = False
        visit = self.save(form)
        self.assertEqual(
            (visit.purchase_id, visit.place, visit.kpb_number, visit.odometer, visit.date),
            (self.unit, "own", 2, 3_500, TODAY),
        )
        self.assertEqual((visit.relation, visit.brought_by), ("child", "Budi"))
        self.assertEqual(visit.create_uid, self.admin_crm)
        self.assertEnded(self.call, "done", "came")
        rows = self.unit.validation_ids
        self.assertEqual(set(rows.mapped("item")), {"name", "address"})
        self.assertEqual(set(rows.mapped("reference")), {"ODM-12"})

    def test_the_next_customer_finds_an_empty_screen(self):
        form = self.arrive("D 4512 AB")
        form.odometer = 3_500
        form.odm_skipped = "Listrik padam"
        answer = form.save().with_user(self.admin_crm).action_save_next()
        following = answer["params"]["next"]
        self.assertEqual(following["res_model"], "kpb.arrival")
        self.assertFalse(following.get("res_id"))
        self.assertIn("D 4512 AB", answer["params"]["message"])

    def test_the_odometer_is_asked_for(self):
        form = self.arrive("D 4512 AB")
        form.service = "0"
        with self.assertRaisesRegex(UserError, "Odometer: enter"):
            form.save().action_save_next()
        form.note = "Speedometer mati"
        self.assertEqual(self.save(form).note, "Speedometer mati")

    def test_validation_is_asked_for_before_the_visit_closes_the_call(self):
        form = self.arrive("D 4512 AB")
        form.odometer = 3_500
        with self.assertRaisesRegex(UserError, "validate his data in ODM"):
            form.save().action_save_next()
        self.assertEqual(self.call.state, "todo")
        form.odm_skipped = "Konsumen buru-buru"
        visit = self.save(form)
        self.assertEqual(visit.odm_skipped, "Konsumen buru-buru")
        self.assertEnded(self.call, "done", "came")

    def test_a_service_nobody_called_for_needs_no_validation(self):
        form = self.arrive("D 4512 AB")
        form.service = "0"
        form.odometer = 3_500
        self.save(form)
        self.assertEqual(self.call.state, "todo")

    def test_elsewhere_by_the_customers_word(self):
        form = self.arrive("D 4512 AB")
        form.place = "elsewhere"
        form.dealer_name = "Bengkel Maju"
        visit = self.save(form)
        self.assertEqual((visit.place, visit.dealer_name), ("elsewhere", "Bengkel Maju"))
        self.assertEqual(self.unit.status, "at_risk")

    # another branch's unit
    def test_a_sister_branchs_unit_by_its_exact_number_without_personal_data(self):
        form = self.arrive("D4512AB", user=self.sister_admin)
        self.assertEqual((form.found, form.unit_branch), ("sister", self.branch.name))
        self.assertFalse(form.customer or form.purchase_id)
        form.odometer = 3_000
        visit = self.save(form)
        self.assertEqual(
            (visit.place, visit.branch_id, visit.kpb_number), ("sister", self.sister, 2)
        )
        self.assertEqual(visit.create_uid, self.sister_admin)
        self.assertEnded(self.call, "done", "served_sister")

    def test_a_sister_branchs_unit_is_not_found_by_less(self):
        for entry in ("D 4512", "siti uji", "0812-3456-7890", self.unit.chassis_number[-6:]):
            with self.subTest(entry=entry):
                self.assertEqual(self.arrive(entry, user=self.sister_admin).found, "none")

    def test_a_unit_of_another_branch_cannot_be_smuggled_in(self):
        with self.assertRaises(AccessError):
            self.env["kpb.arrival"].with_user(self.sister_admin).create(
                {"purchase_id": self.unit.id}
            )
