from datetime import date

from freezegun import freeze_time
from psycopg2.errors import ForeignKeyViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import PURCHASE_DAY, KpbCase, at_noon


class TestPurchase(KpbCase):
    """A unit is registered once, with facts that can be true, and stands where they put it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with at_noon(PURCHASE_DAY):
            cls.known = cls.make_purchase(
                branch=cls.sister, chassis_number="MH1KNOWN", engine_number="JFKNOWN"
            )

    # by hand
    def test_a_seller_enters_a_unit_by_hand(self):
        with at_noon(PURCHASE_DAY):
            form = Form(self.env["kpb.purchase"].with_user(self.sales))
            self.assertEqual((form.branch_id, form.salesperson_id), (self.branch, self.sales))
            self.assertFalse(form.coupons)
            form.partner_id = self.env["res.partner"].create({"name": "Siti Baru"})
            form.chassis_number, form.engine_number = "MH1NEW", "JFNEW"
            form.purchase_date = PURCHASE_DAY
            self.assertEqual(len(form.coupons), 4)
            for name in ("branch_id", "purchase_date", "schedule_id"):
                with self.subTest(name):
                    known = form[name]
                    form[name] = known.browse() if name.endswith("_id") else False
                    self.assertFalse(form.coupons or form.timeline)
                    form[name] = known
            unit = form.save()
        self.assertEqual(unit.next_milestone_id.code, "stnk")
        self.assertTrue(unit.coupons)

    def test_who_sells_nothing_or_looks_after_several_branches_chooses(self):
        table = [
            (self.admin_crm, self.branch),
            (self.pic_crm, self.env["kpb.branch"]),
            (self.env.ref("base.user_admin"), self.env["kpb.branch"]),
        ]
        for user, branch in table:
            with self.subTest(user.login):
                form = Form(self.env["kpb.purchase"].with_user(user))
                self.assertEqual((form.branch_id, bool(form.salesperson_id)), (branch, False))

    # what is refused
    def test_bad_input_is_refused_with_the_field_and_the_record_and_changes_nothing(self):
        stranger = self.sister_sales
        table = [
            ({"purchase_date": "2025-03-11"}, ValidationError, "Purchase Date", "MH1NEW"),
            ({"chassis_number": "MH1KNOWN"}, ValidationError, "Chassis Number", "MH1KNOWN"),
            ({"chassis_number": " mh1 known "}, ValidationError, "Chassis Number", "MH1KNOWN"),
            ({"engine_number": "JFKNOWN"}, ValidationError, "Engine Number", "JFKNOWN"),
            ({"engine_number": "jf known"}, ValidationError, "Engine Number", "JFKNOWN"),
            ({"salesperson_id": stranger.id}, ValidationError, "Salesperson", "MH1NEW"),
            ({"branch_id": self.sister.id}, AccessError, "Branch", self.sister.name),
            ({"chassis_number": "  "}, ValidationError, "Chassis Number", ""),
            ({"engine_number": ""}, ValidationError, "Engine Number", ""),
        ]
        for vals, error, field, record in table:
            with self.subTest(vals):
                self.assertRefused(error, field, record, [self.new_unit(**vals)])

    def test_the_same_number_twice_in_one_entry_is_refused(self):
        for name, field in [
            ("chassis_number", "Chassis Number"),
            ("engine_number", "Engine Number"),
        ]:
            batch = [
                self.new_unit(chassis_number="MH1A", engine_number="JFA"),
                self.new_unit(chassis_number="MH1B", engine_number="JFB"),
            ]
            batch[1][name] = batch[0][name].lower()
            with self.subTest(field):
                self.assertRefused(ValidationError, field, batch[0][name], batch)

    def test_one_bad_unit_refuses_the_whole_entry(self):
        batch = [
            self.new_unit(chassis_number="MH1A", engine_number="JFA"),
            self.new_unit(chassis_number="MH1B", engine_number="JFKNOWN"),
        ]
        self.assertRefused(ValidationError, "Engine Number", "JFKNOWN", batch)

    def new_unit(self, **vals):
        """Return the values of a unit that a seller may register."""
        return {
            "partner_id": self.known.partner_id.id,
            "branch_id": self.branch.id,
            "salesperson_id": self.sales.id,
            "purchase_date": PURCHASE_DAY,
            "chassis_number": "MH1NEW",
            "engine_number": "JFNEW",
            **vals,
        }

    def assertRefused(self, error, field, record, vals_list):
        before = self.rows_as_written("kpb_purchase", "kpb_followup", "mail_message")
        with at_noon(PURCHASE_DAY), self.assertRaises(error) as refused, self.cr.savepoint():
            self.env["kpb.purchase"].with_user(self.sales).create(vals_list)
        self.assertIn(field, str(refused.exception))
        self.assertIn(record, str(refused.exception))
        self.assertEqual(
            self.rows_as_written("kpb_purchase", "kpb_followup", "mail_message"), before
        )

    def test_a_bad_correction_is_refused_as_well(self):
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase().with_user(self.sales)
            for vals, error, field in [
                ({"purchase_date": "2025-03-11"}, ValidationError, "Purchase Date"),
                ({"chassis_number": "mh1known"}, ValidationError, "Chassis Number"),
                ({"engine_number": "JFKNOWN"}, ValidationError, "Engine Number"),
                ({"engine_number": " "}, ValidationError, "Engine Number"),
                ({"salesperson_id": self.sister_sales.id}, ValidationError, "Salesperson"),
                ({"branch_id": self.sister.id}, AccessError, "Branch"),
            ]:
                with self.subTest(vals), self.assertRaisesRegex(error, field), self.cr.savepoint():
                    purchase.write(vals)
            self.assertEqual(purchase.branch_id, self.branch)

    def test_today_by_the_branch_s_clock_is_not_the_future(self):
        self.branch.tz = "Asia/Jayapura"
        with freeze_time("2025-03-10 15:30:00"):  # 00:30 of the 11th in Jayapura
            self.assertTrue(self.make_purchase(date(2025, 3, 11)))

    def test_saving_a_unit_s_own_numbers_again_is_no_duplicate(self):
        self.known.write({"chassis_number": "mh1 known", "engine_number": "JFKNOWN"})
        self.assertEqual(self.known.chassis_number, "MH1KNOWN")

    # what is stored
    def test_numbers_are_stored_in_one_way(self):
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase(
                chassis_number=" mh1 jfb 110 kk ",
                engine_number="jfb1e\t1234",
                license_plate="  d  1234   abc ",
            )
        self.assertEqual(purchase.chassis_number, "MH1JFB110KK")
        self.assertEqual(purchase.engine_number, "JFB1E1234")
        self.assertEqual(purchase.license_plate, "D 1234 ABC")

    def test_a_unit_points_at_its_first_call(self):
        self.assertEqual(self.known.next_milestone_id.code, "stnk")
        self.assertEqual(self.known.next_followup_date, self.after(15))
        self.assertFalse(self.known.followup_ids, "the follow-up comes on its day")

    def test_a_sale_of_long_ago_points_at_the_first_call_that_still_matters(self):
        self.branch.go_live_date = self.after(1500)
        with at_noon(self.after(1500)):
            self.assertFalse(self.make_purchase().next_milestone_id)
            young = self.make_purchase(self.after(1500 - 85))
        self.assertEqual(young.next_milestone_id.code, "kpb2")

    # where it stands
    def test_the_stage_follows_from_the_facts(self):
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase(schedule_id=self.pcd.id)
        self.assertStage(purchase, "stnk")
        for days, stage in [
            (15, "stnk"),
            (30, "kpb1"),
            (90, "kpb2"),
            (210, "kpb3"),
            (330, "kpb4"),
            (430, "regular"),
            (1100, "renewal"),
        ]:
            self.generate(self.after(days))
            self.assertStage(purchase, stage)
        for status in ("prospect", "stopped", "lost"):
            purchase.status = status
            self.assertStage(purchase, status)

    def test_a_closed_call_moves_the_unit_to_the_next_stage(self):
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        self.generate(self.after(15))
        with at_noon(self.after(15)):
            self.followup(purchase, "stnk").with_user(self.sales).log_attempt("picked_up")
        self.assertStage(purchase, "kpb1")

    def test_an_empty_stage_keeps_its_column(self):
        purchases = self.env["kpb.purchase"].with_context(read_group_expand=True)
        board = purchases.web_read_group([("id", "=", self.known.id)], ["stage_id"])
        self.assertEqual(len(board["groups"]), self.env["kpb.stage"].search_count([]))

    def assertStage(self, purchase, name):
        self.assertEqual(purchase.stage_id, self.env.ref(f"daya_kpb_followup.kpb_stage_{name}"))

    # its story
    def test_the_timeline_tells_fourteen_steps(self):
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        self.generate(self.after(15))
        with at_noon(self.after(16)):
            self.followup(purchase, "stnk").with_user(self.sales).log_attempt("picked_up")
        self.generate(self.after(30))
        with at_noon(self.after(91)):
            timeline = purchase.with_user(self.sales).timeline
        self.assertEqual(len(timeline), 14)
        self.assertEqual(
            [entry["state"] for entry in timeline], ["done", "todo", "due"] + ["coming"] * 11
        )
        self.assertEqual(
            [entry["planned"] for entry in timeline[:4]],
            [str(self.after(days)) for days in (15, 30, 90, 210)],
        )
        self.assertEqual(timeline[-1]["planned"], "2028-03-10")
        self.assertTrue(timeline[1]["late"])
        self.assertFalse(timeline[0]["late"])
        self.assertEqual(len({entry["key"] for entry in timeline}), 14)

    # what people find
    def test_units_are_found_by_plate_numbers_and_customer(self):
        self.known.license_plate = "D 4321 XYZ"
        self.known.partner_id.name = "Ibu Sulastri Uji"
        for words in ("4321 xyz", "mh1known", "JFKNOWN", "sulastri"):
            found = self.env["kpb.purchase"].name_search(words)
            self.assertIn(self.known.id, [unit_id for unit_id, _name in found], words)

    def test_a_unit_with_calls_is_not_deleted(self):
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        self.generate(self.after(15))
        with (
            self.assertRaises(ForeignKeyViolation),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            purchase.unlink()
        self.assertTrue(purchase.exists())
