from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError

from .call_case import BOUGHT, NOW, TODAY, CallCase


class TestVisit(CallCase):
    """A visit is a fact: it answers calls, uses a coupon once, and is questioned, not refused."""

    def visit(self, unit, user=None, **vals):
        """Record a visit of today at the own branch, as the caller."""
        visits = self.env["kpb.visit"].with_user(user or self.admin_crm)
        return visits.create({"purchase_id": unit.id, "date": TODAY, "place": "own", **vals})

    # what a visit answers
    def test_closes_the_open_call_for_the_same_coupon_without_an_appointment(self):
        call = self.make_call("kpb2")
        visit = self.visit(call.purchase_id, kpb_number=2)
        self.assertEnded(call, "done", "came")
        self.assertEqual(call.visit_id, visit)
        self.assertEqual(visit.branch_id, self.branch)

    def test_leaves_the_call_for_another_service_open(self):
        call = self.make_call("kpb2")
        self.visit(call.purchase_id, kpb_number=1)
        self.visit(call.purchase_id, kpb_number=0)
        self.assertNext(call, "todo", TODAY)

    def test_without_a_coupon_it_is_a_regular_service_for_reports_as_well(self):
        visit = self.visit(self.make_call("kpb2").purchase_id)
        self.env.flush_all()
        self.env.cr.execute("SELECT kpb_number FROM kpb_visit WHERE id = %s", [visit.id])
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_the_place_is_how_the_call_ends(self):
        for place, result in (
            ("own", "came"),
            ("sister", "served_sister"),
            ("elsewhere", "served_elsewhere"),
        ):
            with self.subTest(place=place):
                call = self.make_call("kpb2")
                vals = {"branch_id": self.sister.id, "dealer_name": "Bengkel Maju"}
                visit = self.visit(call.purchase_id, kpb_number=2, place=place, **vals)
                self.assertEnded(call, "done", result)
                branch = {"own": self.branch, "sister": self.sister}.get(place)
                self.assertEqual(visit.branch_id, branch or self.env["kpb.branch"])

    def test_before_its_milestone_is_due_no_call_is_made(self):
        self.branch.go_live_date = BOUGHT
        unit = self.make_purchase(BOUGHT)
        for days, number in ((20, 1), (70, 2)):
            self.go_to(NOW.replace(year=2026, month=5, day=4) + timedelta(days=days))
            self.visit(unit, kpb_number=number, date=BOUGHT + timedelta(days=days))
        for days in range(75, 101, 5):
            self.go_to(NOW.replace(year=2026, month=5, day=4) + timedelta(days=days))
            self.generate()
        self.assertEqual(self.followup(unit, "kpb1").state, "done")
        self.assertEqual(self.followup(unit, "kpb2").state, "done")
        self.assertEqual(self.followup(unit, "kpb2").visit_id.kpb_number, 2)
        self.assertFalse(self.followup(unit, "kpb2").activity_ids)
        self.assertEqual(unit.next_milestone_id.code, "kpb3")

    def test_a_regular_service_long_ago_does_not_answer_todays_call(self):
        unit = self.make_purchase(BOUGHT.replace(year=2024))
        call = self.make_call("regular", unit)
        self.visit(unit, date=TODAY - timedelta(days=46))
        self.assertNext(call, "todo", TODAY)
        self.visit(unit, date=TODAY - timedelta(days=45))
        self.assertEnded(call, "done", "came")

    # coupons
    def test_a_coupon_is_used_once_and_the_sentence_names_the_earlier_visit(self):
        unit = self.make_purchase(BOUGHT, license_plate="D 4512 AB")
        self.visit(unit, kpb_number=1, date=BOUGHT + timedelta(days=30))
        self.assertRefused(
            lambda: self.visit(unit, kpb_number=1),
            "KPB 1",
            "D 4512 AB",
            "2026",
            self.branch.name,
            error=ValidationError,
        )
        visits = self.env["kpb.visit"]
        twice = [{"purchase_id": unit.id, "date": TODAY, "kpb_number": 2}] * 2
        self.assertRefused(lambda: visits.create(twice), "twice", error=ValidationError)
        self.visit(unit, kpb_number=0)
        self.visit(unit, kpb_number=0)

    def test_another_unit_has_coupons_of_its_own(self):
        for unit in (self.make_purchase(BOUGHT), self.make_purchase(BOUGHT)):
            self.visit(unit, kpb_number=1)

    def test_impossible_visits_are_refused_with_a_sentence(self):
        unit = self.make_purchase(BOUGHT)
        for word, vals in (
            ("future", {"date": TODAY + timedelta(days=1)}),
            ("before the purchase", {"date": BOUGHT - timedelta(days=1)}),
            ("Dealer", {"place": "elsewhere"}),
            ("Dealer", {"place": "elsewhere", "dealer_name": "  "}),
            ("ODM", {"odm_reference": "ODM-1"}),
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaises(ValidationError) as refused,
                self.env.cr.savepoint(),
            ):
                self.visit(unit, **vals)
            self.assertIn(word, str(refused.exception))

    # the odometer
    def test_an_odometer_that_falls_or_jumps_is_questioned_and_kept(self):
        unit = self.make_purchase(BOUGHT)
        good = self.visit(unit, odometer=900, date=BOUGHT + timedelta(days=30), kpb_number=1)
        falling = self.visit(unit, odometer=90, kpb_number=2)
        jump = self.visit(unit, odometer=90_000)
        plain = self.visit(unit, odometer=3_000)
        self.assertEqual(
            [visit.odometer_doubt for visit in (good, falling, jump, plain)],
            [False, "falling", "jump", False],
        )
        self.assertEqual(falling.odometer, 90)
        listed = self.env["kpb.visit"].search(
            [("odometer_doubt", "!=", False), ("purchase_id", "=", unit.id)]
        )
        self.assertEqual(listed, falling | jump)
        readings = {line["number"]: line for line in unit.coupons}
        self.assertGreater(readings[2]["km_end"], str(TODAY), "doubts are left out of the pace")

    def test_a_corrected_odometer_is_no_longer_questioned(self):
        visit = self.visit(self.make_purchase(BOUGHT), odometer=90_000)
        self.env["kpb.visit"].browse(visit.id).odometer = 9_000
        self.assertFalse(visit.odometer_doubt)

    # validation in ODM
    def test_what_was_validated_in_odm_is_in_the_ledger(self):
        unit = self.make_purchase(BOUGHT)
        unit.partner_id.write({"street": "Jl. Braga 1", "phone": "+628123456789"})
        self.visit(unit, odm_validated=True, odm_reference="ODM-77", brought_by="Budi")
        rows = unit.validation_ids
        self.assertEqual(set(rows.mapped("item")), {"name", "address", "phone"})
        self.assertEqual(set(rows.mapped("channel")), {"odm"})
        self.assertEqual(set(rows.mapped("reference")), {"ODM-77"})
        self.assertEqual(rows.user_id, self.admin_crm)

    # who may
    def test_people_of_another_branch_neither_see_nor_record(self):
        unit = self.make_purchase(BOUGHT)
        visit = self.visit(unit)
        with self.assertRaises(AccessError):
            self.visit(unit, user=self.sister_admin)
        visits = self.env["kpb.visit"].with_user(self.sister_admin)
        self.assertFalse(visits.search([("id", "=", visit.id)]))

    def test_a_visit_is_written_once(self):
        visit = self.visit(self.make_purchase(BOUGHT))
        for act in (lambda: visit.write({"note": "x"}), visit.unlink):
            with self.assertRaises(AccessError):
                act()
