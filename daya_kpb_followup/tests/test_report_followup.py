from datetime import timedelta

from odoo.tests import tagged

from .report_case import ReportCase, share
from .report_life import LAST_DAY

OPEN = ("todo", "appointment")
NOBODY_SPOKEN_TO = ("no_answer", "unreachable", "wrong_number")
COUNTS = (
    "due called called_in_time contacted appointment weekend_count came came_unasked no_show failed"
    " elsewhere lost success"
).split()
RATES = (
    "called_rate in_time_rate contact_rate appointment_rate no_show_rate success_rate days_to_call"
).split()
FUNNEL = [f"customers_{step}" for step in ("due", "called", "contacted", "appointment", "came")]
GROUPS = {
    (): lambda call: (),
    ("branch_id",): lambda call: (call.branch_id.id,),
    ("milestone_id",): lambda call: (call.milestone_id.id,),
    ("role_id",): lambda call: (call.role_id.id,),
    ("user_id",): lambda call: (call.user_id.id,),
    ("kind",): lambda call: (call.milestone_id.kind,),
    ("state",): lambda call: (call.state,),
    ("result",): lambda call: (call.result,),
    ("failed_reason",): lambda call: (call.result if call.state == "failed" else False,),
    ("planned_date:month", "branch_id"): lambda call: (
        call.planned_date.replace(day=1),
        call.branch_id.id,
    ),
    ("product_id",): lambda call: (call.purchase_id.product_id.id,),
}


@tagged("post_install", "-at_install")
class TestReportFollowup(ReportCase):
    """Every figure of the analysis and the funnel equals one counted by hand from the diary."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.diary = {}
        for entry in cls.life.said:
            cls.diary.setdefault(entry["call"], []).append(entry)

    def told(self, call):
        """Return what is to be counted of a call, from the diary and how the call stands."""
        said = self.diary.get(call.id, [])
        spoken = [entry for entry in said if entry["outcome"] not in NOBODY_SPOKEN_TO]
        agreed = [entry for entry in said if entry["outcome"] == "will_come"]
        due = bool(said) or call.state in (*OPEN, "failed")
        late = said[0]["day"] > call.first_deadline if said else call.first_deadline < LAST_DAY
        came = call.result in ("came", "picked_up")
        return {
            "due": due,
            "called": bool(said),
            "called_in_time": bool(said) and not late,
            "timed": due and (bool(said) or call.state not in OPEN or late),
            "contacted": bool(spoken),
            "appointment": bool(agreed),
            "weekend_count": any(entry["weekend"] for entry in agreed),
            "came": came,
            "came_unasked": came and not due,
            "no_show": call.no_show_count > 0,
            "failed": call.state == "failed",
            "elsewhere": call.result == "served_elsewhere",
            "lost": call.result == "lost",
            "success": due and (came or call.result == "interested"),
            "closed": due and call.state not in OPEN,
            "days": (said[0]["day"] - call.planned_date).days if said else None,
            "customer": (call.partner_id.id, call.branch_id.id),
            "by_appointment": came and bool(agreed),
        }

    def count(self, key_of):
        """Return group → figures, counted one call after the other."""
        groups = {}
        for call in self.calls:
            groups.setdefault(key_of(call), []).append(self.told(call))
        return {key: self.figures(rows) for key, rows in groups.items()}

    def figures(self, rows):
        total = {name: sum(row[name] for row in rows) for name in COUNTS}
        timed = sum(row["timed"] for row in rows)
        closed = sum(row["closed"] for row in rows)
        days = [row["days"] for row in rows if row["days"] is not None]
        total |= {
            "called_rate": share(total["called"], total["due"]),
            "in_time_rate": share(total["called_in_time"], timed),
            "contact_rate": share(total["contacted"], total["called"]),
            "appointment_rate": share(total["appointment"], total["contacted"]),
            "no_show_rate": share(
                sum(row["no_show"] for row in rows if row["appointment"]), total["appointment"]
            ),
            "success_rate": share(total["success"], closed),
            "days_to_call": sum(days) / len(days) if days else None,
        }
        steps = ("due", "called", "contacted", "appointment", "by_appointment")
        return total | {
            name: len({row["customer"] for row in rows if row[step]})
            for name, step in zip(FUNNEL, steps, strict=True)
        }

    def test_every_figure_by_every_group(self):
        mine = [("purchase_id", "in", self.life.units.ids)]
        for groups, key_of in GROUPS.items():
            with self.subTest(groups=groups):
                measures = [*COUNTS, *RATES, *FUNNEL]
                found = self.figures_of("kpb.followup.report", list(groups), measures, mine)
                self.assertFigures(found, self.count(key_of), groups)

    def test_the_life_has_everything(self):
        figures = self.count(lambda call: ())[()]
        for name in COUNTS:
            self.assertGreater(figures[name], 0, f"{name} never happened in this life")
        undone = self.env["kpb.attempt"].search_count([("undone", "=", True)])
        self.assertGreater(undone, 0, "nobody has slipped")

    def test_by_channel_and_weekend(self):
        def last_channel(call):
            said = self.diary.get(call.id)
            return (said[-1]["channel"] if said else False,)

        mine = [("purchase_id", "in", self.life.units.ids)]
        found = self.figures_of("kpb.followup.report", ["channel"], COUNTS, mine)
        self.assertFigures(found, self.only_counts(self.count(last_channel)), "channel")
        found = self.figures_of("kpb.followup.report", ["weekend_appointment"], COUNTS, mine)
        by_weekend = self.count(lambda call: (self.told(call)["weekend_count"],))
        self.assertFigures(found, self.only_counts(by_weekend), "weekend")

    def only_counts(self, table):
        return {key: {name: row[name] for name in COUNTS} for key, row in table.items()}

    def test_success_of_customers_with_valid_data(self):
        rows = self.env["kpb.validation"].search([])

        def is_valid(call):
            days = [
                row.date.date() for row in rows if row.partner_id == call.partner_id
            ]  # the diary is written at noon, the same day everywhere
            known = any(
                call.planned_date - timedelta(days=365) <= day < call.planned_date for day in days
            )
            return (known and call.partner_id.kpb_completeness == 100,)

        mine = [("purchase_id", "in", self.life.units.ids)]
        found = self.figures_of(
            "kpb.followup.report", ["data_valid"], ["due", "success_rate"], mine
        )
        expected = {
            key: {"due": row["due"], "success_rate": row["success_rate"]}
            for key, row in self.count(is_valid).items()
        }
        self.assertEqual(set(expected), {(True,), (False,)}, "one kind of customer is missing")
        self.assertFigures(found, expected, "valid data")

    def test_a_call_of_today_is_not_late_yet(self):
        unit = self.make_purchase(LAST_DAY - timedelta(days=30))
        call = self.env["kpb.followup"].create(
            {
                "purchase_id": unit.id,
                "partner_id": unit.partner_id.id,
                "branch_id": unit.branch_id.id,
                "milestone_id": self.sop.milestone_ids.filtered(lambda m: m.code == "kpb1").id,
                "role_id": self.roles["salesforce"].id,
                "planned_date": LAST_DAY,
                "deadline": LAST_DAY,
                "first_deadline": LAST_DAY,
            }
        )
        of_call = [("followup_id", "=", call.id)]
        for deadline, rate in ((LAST_DAY, False), (LAST_DAY - timedelta(days=1), 0.0)):
            call.first_deadline = deadline
            found = self.figures_of("kpb.followup.report", [], ["in_time_rate"], of_call)
            self.assertEqual(repr(found[()]["in_time_rate"]), repr(rate), deadline)

    # the funnel
    def test_funnel_by_branch_adds_up(self):
        mine = [("partner_id", "in", self.life.units.partner_id.ids)]
        everywhere = self.figures_of("kpb.funnel.report", ["step"], ["customers"], mine)
        by_branch = self.figures_of("kpb.funnel.report", ["branch_id", "step"], ["customers"], mine)
        total = self.count(lambda call: ())[()]
        for (step,), figures in everywhere.items():
            parts = [row["customers"] for key, row in by_branch.items() if key[1] == step]
            self.assertEqual(sum(parts), figures["customers"], step)
            self.assertEqual(figures["customers"], total[f"customers_{step[2:]}"], step)
        two = self.life.units.partner_id.filtered(
            lambda who: len(who.kpb_purchase_ids.branch_id) > 1
        )
        self.assertTrue(two, "nobody has units in two branches")

    def test_funnel_never_widens(self):
        steps = self.figures_of("kpb.funnel.report", ["step"], ["customers"])
        figures = [row["customers"] for _key, row in sorted(steps.items())]
        self.assertEqual(len(figures), 5)
        self.assertEqual(figures, sorted(figures, reverse=True))

    # the branches
    def test_a_manager_sees_his_branch(self):
        for report in ("kpb.followup.report", "kpb.funnel.report"):
            found = self.figures_of(report, ["branch_id"], [], user=self.kacab)
            self.assertEqual(set(found), {(self.branch.id,)}, report)
            found = self.figures_of(report, ["branch_id"], [], user=self.pic_crm)
            self.assertEqual(set(found), {(self.branch.id,), (self.sister.id,)}, report)

    def test_filled_by_one_statement_as_by_the_orm(self):
        names = (
            "first_call_at",
            "first_contact_at",
            "first_appointment_at",
            "last_channel",
            "weekend_appointment",
        )
        by_orm = [[call[name] for name in names] for call in self.calls]
        self.env.cr.execute(
            "UPDATE kpb_followup SET first_call_at = NULL, first_contact_at = NULL,"
            " first_appointment_at = NULL, last_channel = NULL, weekend_appointment = NULL"
        )
        self.calls._fill_first_times()
        self.calls.invalidate_recordset(names)
        self.assertEqual([[call[name] for name in names] for call in self.calls], by_orm)
