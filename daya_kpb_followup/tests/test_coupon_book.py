from datetime import timedelta

from .common import PURCHASE_DAY, KpbCase, at_noon

#: H+210 and H+330 lie after the ends of KPB 3 and 4 of these engines.
SUPRA = "JB01E7654321"


class TestCouponBook(KpbCase):
    """Until when each coupon is valid, and the guard where the procedure calls too late."""

    def lines(self, unit, days):
        """Return number → line of the unit's coupons, so many days after the purchase."""
        with at_noon(self.after(days)):
            unit.invalidate_recordset()
            return {line["number"]: line for line in unit.coupons}

    def test_nominal_and_grace_dates_with_days_left(self):
        unit = self.make_purchase()
        for days, left in ((0, 75), (60, 15), (74, 1), (75, 0), (76, -1)):
            line = self.lines(unit, days)[1]
            self.assertEqual(line["nominal"], str(self.after(60)))
            self.assertEqual(line["grace"], str(self.after(75)))
            self.assertEqual(line["days_left"], left)
        self.assertEqual(list(self.lines(unit, 0)), [1, 2, 3, 4])
        self.assertFalse(unit.coupon_conflict)

    def test_kilometres_are_shown_and_the_days_decide_the_calls(self):
        unit = self.make_purchase()
        for days, km in ((10, 500), (20, 1_000)):
            self.env["kpb.visit"].create(
                {"purchase_id": unit.id, "date": self.after(days), "odometer": km}
            )
        line = self.lines(unit, 20)[1]
        self.assertEqual(line["km_end"], str(self.after(22)))
        self.assertEqual(line["days_left"], 2)
        self.assertFalse(line["conflict"], "the call at H+30 is made all the same")
        self.generate(self.after(30))
        self.assertEqual(self.followup(unit, "kpb1").state, "todo")

    def test_a_used_coupon_says_when(self):
        unit = self.make_purchase()
        self.env["kpb.visit"].create(
            {"purchase_id": unit.id, "date": self.after(28), "kpb_number": 1}
        )
        lines = self.lines(unit, 30)
        self.assertEqual((lines[1]["used"], lines[1]["used_on"]), (True, str(self.after(28))))
        self.assertEqual((lines[2]["used"], lines[2]["used_on"]), (False, False))

    def test_the_guard_says_so_on_the_unit(self):
        unit = self.make_purchase(engine_number=SUPRA)
        self.assertIn("KPB 3, KPB 4", unit.coupon_conflict)
        line = self.lines(unit, 0)[3]
        self.assertEqual((line["call"], line["conflict"]), (str(self.after(210)), True))
        self.assertEqual(unit._plans()[unit][3].planned, self.after(210))

    def test_the_guard_says_so_on_the_schedule(self):
        self.assertIn("JB01", self.sop.coupon_conflict)
        self.assertIn("KPB 3", self.sop.coupon_conflict)
        self.assertNotIn("MC41", self.sop.coupon_conflict)
        self.sop.call_before_end = True
        self.assertFalse(self.sop.coupon_conflict)

    def test_with_the_option_the_call_is_made_in_time_and_both_dates_are_kept(self):
        unit = self.make_purchase(engine_number=SUPRA)
        self.sop.call_before_end = True
        line = self.lines(unit, 0)[3]
        self.assertEqual(line["call"], str(self.after(150)))
        self.assertEqual(line["by_procedure"], str(self.after(210)))
        self.assertEqual((line["moved"], line["conflict"]), (True, False))
        unit.invalidate_recordset()
        self.assertFalse(unit.coupon_conflict)
        self.run_cron("lifecycle", self.after(1))
        for days in (15, 30, 90, 149, 150):
            self.generate(self.after(days))
            expected = days >= 150
            self.assertEqual(bool(self.followup(unit, "kpb3")), expected, days)
        self.assertEqual(self.followup(unit, "kpb3").planned_date, self.after(150))

    def test_a_last_reminder_when_nobody_came(self):
        self.sop.milestone_ids.filtered(lambda line: line.code == "kpb1").last_touch_days = 7
        came, gone, called = (self.make_purchase() for _number in range(3))
        self.generate(self.after(30))
        with at_noon(self.after(40)):
            self.followup(gone, "kpb1").log_attempt("refused")
            self.env["kpb.visit"].create(
                {"purchase_id": came.id, "date": self.after(40), "kpb_number": 1}
            )
        for days in (52, 53, 54):
            self.generate(self.after(days))
            self.assertEqual(len(self.followup(gone, "kpb1", 2)), int(days >= 53))
        self.assertFalse(self.followup(came, "kpb1", 2), "he came")
        self.assertFalse(self.followup(called, "kpb1", 2), "the first call is still open")
        self.assertIn("last reminder", self.followup(gone, "kpb1", 2).display_name)

    def test_no_last_reminder_in_the_plain_procedure(self):
        self.assertFalse(any(self.sop.milestone_ids.mapped("last_touch_days")))
        unit = self.make_purchase()
        self.assertEqual(len(unit._plans()[unit]), 14)

    def test_changed_figures_reach_the_units_that_wait(self):
        unit = self.make_purchase()
        with at_noon(self.after(100)):
            self.env["kpb.visit"].create(
                {
                    "purchase_id": unit.id,
                    "date": self.after(100),
                    "place": "elsewhere",
                    "dealer_name": "Bengkel Maju",
                }
            )
        self.assertEqual(unit.lifecycle_date, self.after(376))
        window = self.env["kpb.coupon.window"].search(
            [("engine_prefix", "=", False), ("kpb_number", "=", 4)]
        )
        window.max_days = 300
        self.run_cron("lifecycle", self.after(200))
        self.assertEqual(unit.lifecycle_date, self.after(301))
        self.run_cron("lifecycle", self.after(301))
        self.assertEqual((unit.status, unit.lost_date), ("lost", self.after(301)))

    def test_days_between_call_and_end_follow_a_corrected_purchase_date(self):
        unit = self.make_purchase()
        unit.purchase_date = PURCHASE_DAY - timedelta(days=10)
        self.assertEqual(self.lines(unit, 0)[1]["grace"], str(self.after(65)))

    def test_a_call_names_both_ends_of_its_coupon(self):
        unit = self.make_purchase()
        self.generate(self.after(90))
        with at_noon(self.after(91)):
            call = self.followup(unit, "kpb2")
            self.assertEqual(
                (call.coupon_nominal_end, call.coupon_end, call.coupon_days_left),
                (self.after(120), self.after(135), 44),
            )
            stnk = self.followup(unit, "stnk")
            self.assertFalse(stnk.coupon_nominal_end or stnk.coupon_end)
            told = call.with_context(lang="en_US").call_sheet()["when"]
            self.assertTrue(told["coupon_nominal_end"])
            self.assertNotEqual(told["coupon_nominal_end"], told["coupon_end"])
