from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo.tests import tagged

from .common import at_noon
from .report_case import ReportCase, share
from .report_life import LAST_DAY

#: Step → (KPB number, months and days after purchase), counted with the calendar in hand.
STEPS = {
    "kpb1": (1, 0, 30),
    "kpb2": (2, 0, 90),
    "kpb3": (3, 0, 210),
    "kpb4": (4, 0, 330),
    "regular": (0, 3, 330),
    "renewal": (None, 36, 0),
}
FIGURES = (
    "units_due units_group units_own units_elsewhere group_rate own_rate elsewhere_rate"
).split()


@tagged("post_install", "-at_install")
class TestReportLadder(ReportCase):
    """Which share of the units came, and where: counted unit by unit with the calendar in hand."""

    def due(self, unit, step):
        """Return whether the day of a step has come."""
        _number, months, days = STEPS[step]
        anchor = unit.purchase_date
        if step == "regular":
            return anchor + timedelta(days=days) + relativedelta(months=months) <= LAST_DAY
        return anchor + relativedelta(months=months) + timedelta(days=days) <= LAST_DAY

    def places(self, unit, step):
        """Return where a unit came for a step."""
        number = STEPS[step][0]
        if number is None:
            return {"own"} if unit.lead_id else set()
        visits = unit.visit_ids.filtered(lambda visit: visit.kpb_number == number)
        return set(visits.mapped("place"))

    def count(self, key_of):
        groups = {}
        for unit in self.life.units:
            for step in STEPS:
                if self.due(unit, step):
                    groups.setdefault(key_of(unit, step), []).append(self.places(unit, step))
        return {key: self.figures(places) for key, places in groups.items()}

    def figures(self, rows):
        group = sum(bool(places & {"own", "sister"}) for places in rows)
        own = sum("own" in places for places in rows)
        elsewhere = sum(places == {"elsewhere"} for places in rows)
        return {
            "units_due": len(rows),
            "units_group": group,
            "units_own": own,
            "units_elsewhere": elsewhere,
            "group_rate": share(group, len(rows)),
            "own_rate": share(own, len(rows)),
            "elsewhere_rate": share(elsewhere, len(rows)),
        }

    def test_every_figure_by_every_group(self):
        mine = [("purchase_id", "in", self.life.units.ids)]
        groups = {
            ("step",): lambda unit, step: (step,),
            ("purchase_date:month", "step"): lambda unit, step: (
                unit.purchase_date.replace(day=1),
                step,
            ),
            ("branch_id", "step"): lambda unit, step: (unit.branch_id.id, step),
            ("product_id",): lambda unit, step: (unit.product_id.id,),
            ("salesperson_id", "step"): lambda unit, step: (unit.salesperson_id.id, step),
        }
        for group, key_of in groups.items():
            with self.subTest(group=group):
                found = self.figures_of("kpb.ladder.report", list(group), FIGURES, mine)
                self.assertFigures(found, self.count(key_of), group)
        total = self.count(lambda unit, step: (step,))
        self.assertEqual(len(total), 6, "no unit has reached one of the steps")
        self.assertTrue(any(row["units_elsewhere"] for row in total.values()))
        self.assertTrue(any(row["units_own"] < row["units_group"] for row in total.values()))

    def test_a_step_counts_from_its_day(self):
        unit = self.make_purchase(LAST_DAY)
        for step, (_number, months, days) in STEPS.items():
            if step == "regular":
                continue  # its months come after its days, see below
            day = LAST_DAY + relativedelta(months=months) + timedelta(days=days)
            for ahead in (-1, 0):
                with at_noon(day + timedelta(days=ahead)):
                    found = self.env["kpb.ladder.report"].search_count(
                        [("purchase_id", "=", unit.id), ("step", "=", step)]
                    )
                self.assertEqual(found, ahead + 1, step)

    def test_month_ends_are_counted_by_the_calendar(self):
        unit = self.make_purchase(LAST_DAY)
        report = self.env["kpb.ladder.report"]
        for bought in (date(2024, 1, 31), date(2023, 2, 28), date(2024, 2, 29), date(2025, 1, 4)):
            unit.purchase_date = bought
            first = unit.purchase_date + timedelta(days=330) + relativedelta(months=3)
            offer = unit.purchase_date + relativedelta(months=36)
            for step, day in (("regular", first), ("renewal", offer)):
                for ahead in (-1, 0):
                    with at_noon(day + timedelta(days=ahead)):
                        found = report.search_count(
                            [("purchase_id", "=", unit.id), ("step", "=", step)]
                        )
                    self.assertEqual(found, ahead + 1, (bought, step, day))

    def test_the_letters_follow_a_corrected_visit(self):
        unit = self.make_purchase(LAST_DAY - timedelta(days=100))
        self.assertEqual(unit.ladder, "-----")
        visit = self.env["kpb.visit"].create(
            {
                "purchase_id": unit.id,
                "date": LAST_DAY,
                "kpb_number": 2,
                "place": "elsewhere",
                "dealer_name": "Jaya",
            }
        )
        self.assertEqual(unit.ladder, "-e---")
        visit.place = "own"
        self.assertEqual(unit.ladder, "-o---")
        visit.unlink()
        self.assertEqual(unit.ladder, "-----")

    def test_filled_by_one_statement_as_by_the_orm(self):
        units = self.life.units
        by_orm = units.mapped("ladder")
        self.env.cr.execute("UPDATE kpb_purchase SET ladder = NULL")
        units._fill_ladder()
        units.invalidate_recordset(["ladder"])
        self.assertEqual(units.mapped("ladder"), by_orm)

    def test_a_manager_sees_his_branch(self):
        found = self.figures_of("kpb.ladder.report", ["branch_id"], [], user=self.kacab)
        self.assertEqual(set(found), {(self.branch.id,)})
