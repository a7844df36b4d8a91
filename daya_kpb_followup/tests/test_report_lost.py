from collections import Counter
from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .report_case import ReportCase, share
from .report_life import LAST_DAY


@tagged("post_install", "-at_install")
class TestReportLost(ReportCase):
    """Who was lost or at risk, why, to whom, and who came back: against the diary of this life."""

    def mine(self):
        return [("purchase_id", "in", self.life.units.ids)]

    def told(self, standing):
        return [turn for turn in self.life.turned if turn[2] == standing]

    def test_every_turn_is_one_row(self):
        found = self.figures_of(
            "kpb.lost.report", [], ["lost", "at_risk", "win_backs"], self.mine()
        )[()]
        self.assertEqual(found["lost"], len(self.told("lost")))
        self.assertEqual(found["at_risk"], len(self.told("at_risk")))
        self.assertGreater(found["lost"], 2)
        self.assertGreater(found["at_risk"], 2)

    def test_win_backs(self):
        """Back is who was LOST, is so no more, and was serviced in the group since."""
        report = self.env["kpb.lost.report"].search([*self.mine(), ("standing", "=", "lost")])
        back = 0
        for row in report:
            unit = row.purchase_id
            inside = [visit.date for visit in unit.visit_ids if visit.place != "elsewhere"]
            later = [other.began_on for other in report if other.purchase_id == unit]
            until = min((day for day in later if day > row.began_on), default=LAST_DAY)
            came = row.ended_on and any(row.began_on <= day <= until for day in inside)
            self.assertEqual(row.won_back, bool(came), unit.display_name)
            back += bool(came)
        found = self.figures_of("kpb.lost.report", [], ["win_backs", "won_back_rate"], self.mine())[
            ()
        ]
        self.assertEqual(found["win_backs"], back)
        self.assertAlmostEqual(found["won_back_rate"], share(back, len(report)))
        self.assertTrue(0 < back < len(report), "all or nobody came back in this life")

    def test_by_reason_dealer_area_month(self):
        now = self.life.units.filtered(lambda unit: unit.status == "lost")
        current = [*self.mine(), ("is_current", "=", True), ("standing", "=", "lost")]
        for group, key_of in (
            (["reason_id"], lambda unit: (unit.lost_reason_id.id,)),
            (["area"], lambda unit: (unit.partner_id.city,)),
            (["branch_id"], lambda unit: (unit.branch_id.id,)),
            (["began_on:month"], lambda unit: (unit.lost_date.replace(day=1),)),
            (["dealer_name"], lambda unit: (self.dealer(unit),)),
        ):
            with self.subTest(group=group):
                found = self.figures_of("kpb.lost.report", group, ["lost"], current)
                expected = Counter(key_of(unit) for unit in now)
                self.assertEqual({key: row["lost"] for key, row in found.items()}, expected)

    def dealer(self, unit):
        """Return the dealer outside of the last visit since the unit was inside, by the visits."""
        inside = [visit.date for visit in unit.visit_ids if visit.place != "elsewhere"]
        clean = max([*inside, unit.pardoned_date or unit.purchase_date])
        turned_on = [turn[3] for turn in self.told("lost") if turn[0] == unit][-1]
        against = [
            visit
            for visit in unit.visit_ids.sorted(lambda visit: (visit.date, visit.id))
            if visit.place == "elsewhere" and clean < visit.date <= turned_on
        ]
        return against[-1].dealer_name if against else False

    def test_reopening_alone_is_no_win_back(self):
        unit = self.make_purchase(LAST_DAY)
        unit.action_set_lost(self.unhappy.id)
        unit.action_reopen()
        row = self.env["kpb.lost.report"].search([("purchase_id", "=", unit.id)])
        self.assertEqual(
            (row.ended_on, row.won_back, row.reason_id), (LAST_DAY, False, self.unhappy)
        )

    def test_the_ledger_is_for_reading(self):
        unit = self.life.units.filtered(lambda unit: unit.branch_id == self.branch)[0]
        ledger = self.env["kpb.lost.episode"].with_user(self.kacab)
        with self.assertRaises(AccessError):
            ledger.create({"purchase_id": unit.id, "standing": "lost", "began_on": LAST_DAY})
        self.assertLessEqual(ledger.search([]).branch_id, self.branch)
        found = self.figures_of("kpb.lost.report", ["branch_id"], [], user=self.kacab)
        self.assertEqual(set(found), {(self.branch.id,)})

    def row_of(self, unit):
        return self.env["kpb.lost.report"].search([("purchase_id", "=", unit.id)])

    def test_back_after_a_manager_s_call_is_a_win_back(self):
        unit = self.make_purchase(LAST_DAY - timedelta(days=200))
        unit.action_set_lost(self.unhappy.id)
        unit.action_reopen()
        self.env["kpb.visit"].create(
            {"purchase_id": unit.id, "date": LAST_DAY, "place": "own", "kpb_number": 0}
        )
        self.assertEqual((self.row_of(unit).won_back, self.row_of(unit).win_backs), (True, 1))

    def test_a_visit_recorded_by_mistake_wins_nobody_back(self):
        unit = self.make_purchase(LAST_DAY - timedelta(days=200))
        unit.action_set_lost(self.unhappy.id)
        visit = self.env["kpb.visit"].create(
            {"purchase_id": unit.id, "date": LAST_DAY, "place": "own", "kpb_number": 0}
        )
        self.assertEqual(unit.status, "active")
        self.assertTrue(self.row_of(unit).won_back)
        visit.unlink()
        row = self.row_of(unit)
        self.assertEqual((len(row), row.won_back, row.lost), (1, False, 1))
        self.assertEqual(row.is_current, unit.status == "lost")
