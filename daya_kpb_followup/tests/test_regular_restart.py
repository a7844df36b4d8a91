from dateutil.relativedelta import relativedelta

from .common import PURCHASE_DAY, KpbCase, at_noon


class TestRegularRestart(KpbCase):
    """P8: eight regular services, counted from the purchase, or from the last visit by option."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unit = cls.make_purchase()
        cls.plain = cls.regular_days(cls.unit)

    @classmethod
    def regular_days(cls, unit):
        """Return the planned days of the unit's regular services."""
        unit.invalidate_recordset()
        return [step.planned for step in unit._plans()[unit] if step.milestone.code == "regular"]

    def visit(self, day, **vals):
        """Record a service of a day at the own branch, on that day."""
        with at_noon(day):
            return self.env["kpb.visit"].create({"purchase_id": self.unit.id, "date": day, **vals})

    def restart(self):
        """Let the schedule count from the last visit."""
        self.sop.regular_from_visit = True

    def test_eight_times_every_three_months_from_the_purchase(self):
        anchor = self.after(330)
        self.assertEqual(
            self.plain, [anchor + relativedelta(months=3 * number) for number in range(1, 9)]
        )
        self.visit(self.after(400))
        self.assertEqual(
            self.regular_days(self.unit), self.plain, "by default visits change nothing"
        )

    def test_without_a_visit_the_option_changes_nothing(self):
        self.restart()
        self.assertEqual(self.regular_days(self.unit), self.plain)

    def test_the_next_calls_count_from_the_visit(self):
        self.restart()
        served = self.after(345)
        self.visit(served, kpb_number=4)
        self.assertEqual(self.regular_days(self.unit)[0], served + relativedelta(months=3))

    def test_call_visit_call_visit_through_the_years(self):
        """Each call is answered ten days late, so the offer comes before the eighth."""
        self.restart()
        last = self.after(340)
        for days in range(15, 341, 5):
            self.generate(self.after(days))
        self.visit(last, kpb_number=4)
        called = []
        for number in range(1, 10):
            due = last + relativedelta(months=3)
            if due >= PURCHASE_DAY + relativedelta(months=36):
                break
            self.generate(due - relativedelta(days=1))
            self.assertFalse(self.followup(self.unit, "regular", number), number)
            self.generate(due)
            call = self.followup(self.unit, "regular", number)
            self.assertEqual((call.state, call.planned_date), ("todo", due))
            last = due + relativedelta(days=10)
            self.visit(last)
            self.assertEqual((call.state, call.result), ("done", "came"))
            called.append(due)
        self.assertEqual(len(called), 7)
        self.generate(PURCHASE_DAY + relativedelta(months=36))
        self.assertEqual(self.followup(self.unit, "renewal").state, "todo")

    def test_who_never_comes_again_is_called_every_three_months_all_the_same(self):
        self.restart()
        served = self.after(340)
        self.visit(served, kpb_number=4)
        for number in range(1, 9):
            due = served + relativedelta(months=3 * number)
            if due >= PURCHASE_DAY + relativedelta(months=36):
                break
            self.generate(due)
            call = self.followup(self.unit, "regular", number)
            self.assertEqual((call.state, call.planned_date), ("todo", due), number)
            with at_noon(due):
                call.log_attempt("refused")
            self.run_cron("lifecycle", due)
        self.assertEqual(
            len(self.unit.followup_ids.filtered(lambda c: c.milestone_code == "regular")), 8
        )
