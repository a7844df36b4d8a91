from collections import Counter
from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import IrCron

from .call_case import utc
from .report_case import ReportCase
from .report_life import LAST_DAY

#: The last day is a Wednesday; thirteen weeks follow the one it lies in.
END = LAST_DAY + timedelta(days=4, weeks=13)


@tagged("post_install", "-at_install")
class TestReportForecast(ReportCase):
    """The forecast names the calls that generation then makes, by day, role and person."""

    @classmethod
    def make_schedules(cls):
        """Return schedules in turn, one of them with every option."""
        options = cls.sop.copy({"name": "SOP dengan semua pilihan"})
        options.milestone_ids.filtered("kpb_number").last_touch_days = 7
        options.write({"call_before_end": True, "regular_from_visit": True})
        return [cls.sop, options, cls.pcd]

    def coming(self, user=None, **context):
        """Return the rows of the calls to come."""
        report = self.env["kpb.forecast.report"].with_context(**context)
        report = report.with_user(user) if user else report
        return report.search(
            [("series", "=", "coming"), ("purchase_id", "in", self.life.units.ids)]
        )

    def test_the_weeks_count_from_the_branch_where_it_is_latest(self):
        east = self.make_branch("Cabang Uji Timur", "TST-E", tz="Asia/Jayapura")
        scenario = self.env["kpb.forecast.scenario"].with_context(kpb_forecast_weeks=5)
        with freeze_time("2025-03-16 16:30:00"):  # Sunday in Bandung, Monday in Jayapura
            self.assertNotEqual(self.branch._today(), east._today())
            places = scenario._places(self.branch | east)
        self.assertEqual({place.until for place in places}, {date(2025, 4, 27)})

    def test_calls_to_come_are_those_that_generation_makes(self):
        """Nothing else happens for thirteen weeks: what is made then is what was foreseen."""
        foreseen = Counter(
            (row.purchase_id.id, row.milestone_id.code, row.day, row.role_id.code)
            for row in self.coming()
        )
        self.assertGreater(len(foreseen), 20)
        before = self.calls
        reminders = Counter()
        with (
            patch.object(IrCron, "_commit_progress", lambda *_args, **_more: float("inf")),
            freeze_time(utc(LAST_DAY, 12)) as clock,
        ):
            for ahead in range((END - LAST_DAY).days + 1):
                clock.move_to(utc(LAST_DAY + timedelta(days=ahead), 12))
                self.env["kpb.generator"]._generate()
        made = self.env["kpb.followup"].search([("purchase_id", "in", self.life.units.ids)])
        made -= before
        found = Counter()
        for call in made.filtered(lambda call: call.state in ("todo", "appointment")):
            deadline = call.first_deadline
            if deadline > END:
                continue
            found[call.purchase_id.id, call.milestone_id.code, deadline, call.role_id.code] += 1
        for key, number in (foreseen - found).items():
            # a last reminder is not made while its first call is open: nobody calls in this test
            unit = self.env["kpb.purchase"].browse(key[0])
            self.assertTrue(unit.schedule_id._last_touch_days(), key)
            reminders[key] += number
        self.assertEqual(found - foreseen, Counter())
        self.assertTrue(all(key[1].startswith("kpb") for key in reminders), reminders)
        self.assertEqual(len(made.purchase_id.schedule_id), 3)

    def test_days_of_every_step_are_those_of_the_rules(self):
        """Step by step and unit by unit, under every option."""
        planned = {}
        for unit in self.life.units.filtered(lambda unit: unit.next_followup_date):
            for step in unit._plans()[unit]:
                planned.setdefault(unit.id, set()).add(
                    (step.milestone.code, unit.branch_id._working_day(step.planned))
                )
        rows = self.coming()
        self.assertTrue(rows)
        for row in rows:
            key = (row.milestone_id.code, row.day)
            self.assertIn(key, planned[row.purchase_id.id], row.purchase_id.display_name)

    def test_days_behind_the_next_call(self):
        """What the options move is counted here from the coupon table and the calendar."""
        options = self.life.units.schedule_id.filtered("call_before_end")
        unit = self.make_purchase(
            LAST_DAY - timedelta(days=60), schedule_id=options.id, engine_number="JB01E7000001"
        )
        with patch.object(IrCron, "_commit_progress", lambda *_args, **_more: float("inf")):
            self.env["kpb.generator"]._generate()
        self.assertEqual(unit.next_milestone_id.code, "kpb2")
        days = {
            (row.milestone_id.code, row.day)
            for row in self.env["kpb.forecast.report"].search(
                [("purchase_id", "=", unit.id), ("series", "=", "coming")]
            )
        }
        # KPB 2 and 3 of this engine end, grace included, after 135 and 195 days
        told = (("kpb2", 90), ("kpb2", 135 - 15 - 7), ("kpb3", 195 - 15 - 30))
        self.assertEqual(days, {(code, self.working(unit, number)) for code, number in told})

    def working(self, unit, days):
        return unit.branch_id._working_day(unit.purchase_date + timedelta(days=days))

    def test_regular_services_behind_the_next_count_from_the_last(self):
        options = self.life.units.schedule_id.filtered("regular_from_visit")
        unit = self.make_purchase(LAST_DAY - timedelta(days=420), schedule_id=options.id)
        self.env["kpb.visit"].create(
            {"purchase_id": unit.id, "date": date(2026, 5, 13), "kpb_number": 4}
        )
        rows = self.env["kpb.forecast.report"].search(
            [("purchase_id", "=", unit.id), ("kind", "=", "regular"), ("series", "=", "coming")]
        )
        self.assertEqual(rows.mapped("day"), [date(2026, 8, 13), date(2026, 11, 13)])

    def test_a_service_done_shortly_before_answers_the_next_regular_call(self):
        """Also where generation is so late that the call's own day lies weeks back."""
        regular = self.sop.milestone_ids.filtered(lambda line: line.kind == "regular")
        cases = {
            (10, 20): False,
            (10, 35): False,
            (10, 36): True,
            (-20, 60): False,
            (-20, 66): True,
            (10, None): True,
        }
        units = {}
        for ahead, ago in cases:
            unit = self.make_purchase(LAST_DAY - timedelta(days=420))
            if ago:
                day = LAST_DAY - timedelta(days=ago)
                self.env["kpb.visit"].create({"purchase_id": unit.id, "date": day, "kpb_number": 0})
            unit.next_milestone_id = regular
            unit.next_followup_date = LAST_DAY + timedelta(days=ahead)
            units[ahead, ago] = unit
        self.env.flush_all()
        for case, foreseen in cases.items():
            with self.subTest(case=case):
                rows = self.env["kpb.forecast.report"].search(
                    [("purchase_id", "=", units[case].id), ("series", "=", "coming")]
                )
                day = units[case].next_followup_date
                expected = units[case].branch_id._working_day(max(day, LAST_DAY))
                self.assertEqual(expected in rows.mapped("day"), foreseen)

    def test_fewer_weeks_tell_the_same_calls(self):
        """The start page shows some weeks only; what is no number of weeks changes nothing."""

        def told(**context):
            return {(row.id, row.day, row.user_id) for row in self.coming(**context)}

        whole, end = told(), END - timedelta(weeks=8)
        self.assertEqual(told(kpb_forecast_weeks=5), {call for call in whole if call[1] <= end})
        for asked in ("5", -1, 99, True, None):
            self.assertEqual(told(kpb_forecast_weeks=asked), whole)

    def test_open_calls_stand_in_their_week(self):
        rows = self.env["kpb.forecast.report"].search(
            [("series", "=", "open"), ("purchase_id", "in", self.life.units.ids)]
        )
        still_open = self.calls.filtered(
            lambda call: call.state in ("todo", "appointment") and call.deadline <= END
        )
        self.assertEqual(rows.followup_id, still_open)
        for row in rows:
            day = row.branch_id._working_day(max(row.followup_id.deadline, LAST_DAY))
            self.assertEqual(row.day, day)
            self.assertEqual(row.user_id, row.followup_id.user_id)

    def test_who_will_call(self):
        for row in self.coming():
            unit = row.purchase_id
            members = unit.branch_id.member_ids.filtered(
                lambda line, row=row: line.role_id == row.role_id
            )
            if row.role_id.code == "salesforce":
                self.assertEqual(row.user_id, unit.salesperson_id)
            elif members:
                self.assertIn(row.user_id, members.user_id)
        shared = self.coming().filtered(
            lambda row: row.branch_id == self.branch and row.role_id.code == "admin_crm_h2"
        )
        self.assertEqual(len(shared.user_id), 2, "the calls of a role are shared")

    def test_capacity_is_what_people_can_do(self):
        self.branch.daily_cap = 7
        away = self.branch.member_ids.filtered(lambda line: line.user_id == self.sales)
        away.write({"leave_from": LAST_DAY, "leave_to": LAST_DAY + timedelta(days=6)})
        found = self.env["kpb.forecast.report"]._read_group(
            [("branch_id", "=", self.branch.id)], ["user_id"], ["capacity:sum"]
        )
        capacity = {user: figure for user, figure in found if figure}
        days = [LAST_DAY + timedelta(days=ahead) for ahead in range(96)]
        working = [day for day in days if day.weekday() < 5]
        present = [day for day in working if day > LAST_DAY + timedelta(days=6)]
        self.assertEqual(capacity[self.admin_crm], 7 * len(working))
        self.assertEqual(capacity[self.sales], 7 * len(present))
        self.assertNotIn(self.kacab, capacity, "a manager makes no calls by schedule")

    def test_a_caller_reads_his_load(self):
        self.make_purchase(LAST_DAY - timedelta(days=27))
        for model in ("kpb.load.report", "kpb.forecast.report"):
            for asked in (0, 1, "1", None):
                reader = self.env[model].with_user(self.admin_crm).with_context(kpb_what_if=asked)
                self.assertTrue(reader.search([], limit=1), (model, asked))

    def test_overload_is_marked(self):
        self.branch.daily_cap = 1
        units = [self.make_purchase(LAST_DAY - timedelta(days=27)) for _number in range(9)]
        rows = self.env["kpb.load.report"].search(
            [("user_id", "=", self.sales.id), ("is_overloaded", "=", True)]
        )
        self.assertIn(date(2026, 8, 10), rows.mapped("week"), units)
        for row in rows:
            self.assertEqual(row.too_many, row.calls - row.capacity)
            self.assertGreater(row.load_rate, 100)
            self.assertEqual(
                self.env["kpb.forecast.report"].search_count(row.action_open()["domain"]),
                row.calls,
            )
        self.assertEqual(len(set(self.env["kpb.load.report"].search([]).ids)), len(rows.search([])))

    def test_who_is_on_leave_can_make_no_calls(self):
        """What is meant for a person on leave is too much, not without a limit."""
        self.branch.daily_cap = 3
        away = self.branch.member_ids.filtered(lambda line: line.user_id == self.sales)
        away.write({"leave_from": date(2026, 8, 10), "leave_to": date(2026, 8, 14)})
        self.make_purchase(LAST_DAY - timedelta(days=27))
        of_sales = [("user_id", "=", self.sales.id)]
        week = self.env["kpb.load.report"].search([*of_sales, ("week", "=", date(2026, 8, 10))])
        self.assertGreater(week.calls, 0)
        self.assertEqual((week.capacity, week.too_many), (0, week.calls))
        self.assertTrue(week.is_limited and week.is_overloaded)
        self.assertIn(week, week.search([("is_overloaded", "=", True)]))
        self.branch.daily_cap = 0
        self.env.invalidate_all()
        free = week.search([*of_sales, ("week", "=", date(2026, 8, 10))])
        self.assertEqual((free.calls, free.too_many), (week.calls, 0))
        self.assertFalse(free.is_limited or free.is_overloaded)

    def test_who_refuses_is_not_foreseen(self):
        unit = self.coming().purchase_id[:1]
        kinds = set(self.coming().filtered(lambda row: row.purchase_id == unit).mapped("kind"))
        self.assertTrue(kinds)
        unit.partner_id.kpb_do_not_contact = True
        self.assertNotIn(unit, self.coming().purchase_id)

    def test_a_branch_sees_its_own(self):
        report = self.env["kpb.forecast.report"]
        for name in ("kpb.forecast.report", "kpb.load.report"):
            found = self.figures_of(name, ["branch_id"], [], user=self.kacab)
            self.assertEqual(set(found), {(self.branch.id,)}, name)
        stranger = new_test_user(
            self.env, "belum_bertugas", groups="daya_kpb_followup.kpb_group_manager"
        )
        self.assertFalse(report.with_user(stranger).search([]))

    # what if
    def what_if(self, **vals):
        return self.env["kpb.what.if"].create(vals)

    def test_another_day_and_role_before_it_is_published(self):
        what_if = self.what_if(schedule_id=self.sop.id)
        line = what_if.line_ids.filtered(lambda line: line.code == "kpb2")
        line.write({"offset_days": 80, "role_id": self.roles["salesforce"].id})
        context = what_if.action_show()["context"]
        rows = self.coming(kpb_what_if=context["kpb_what_if"])
        tried = rows.filtered(lambda row: row.scenario == "what_if")
        present = rows - tried
        self.assertEqual(Counter(present.mapped(self.key)), Counter(self.coming().mapped(self.key)))
        of_sop = tried.filtered(
            lambda row: row.purchase_id.schedule_id == self.sop and row.milestone_id.code == "kpb2"
        )
        for row in of_sop:
            day = row.purchase_id.purchase_date + timedelta(days=80)
            self.assertEqual(row.day, row.branch_id._working_day(day))
            self.assertEqual(row.role_id.code, "salesforce")
        expected = self.life.units.filtered(
            lambda unit: (
                unit.schedule_id == self.sop
                and unit.next_followup_date
                and unit.purchase_date + timedelta(days=80) > LAST_DAY
                and unit.branch_id._working_day(unit.purchase_date + timedelta(days=80)) <= END
                and not unit.visit_ids.filtered(lambda visit: visit.kpb_number == 2)
                and not unit.followup_ids.filtered(lambda call: call.milestone_code == "kpb2")
            )
        )
        self.assertEqual(of_sop.purchase_id, expected)
        self.assertNotIn(80, self.sop.milestone_ids.mapped("offset_days"))

    def key(self, row):
        return (row.purchase_id.id, row.milestone_id.id, row.day, row.user_id.id)

    def test_a_draft_is_tried(self):
        draft = self.sop.copy({"previous_id": self.sop.id})
        draft.milestone_ids.filtered(lambda line: line.code == "kpb4").unlink()
        what_if = self.what_if(schedule_id=self.sop.id, draft_id=draft.id)
        self.assertEqual(what_if.line_ids.mapped("code"), draft.milestone_ids.mapped("code"))
        tried = self.coming(kpb_what_if=what_if.id).filtered(
            lambda row: row.scenario == "what_if" and row.purchase_id.schedule_id == self.sop
        )
        self.assertTrue(tried)
        self.assertNotIn("kpb4", tried.milestone_id.mapped("code"))

    def test_only_ones_own_question_is_answered(self):
        what_if = self.env["kpb.what.if"].with_user(self.kacab).create({})

        def scenarios(asked, user=self.kacab):
            return set(self.coming(user, kpb_what_if=asked).mapped("scenario"))

        self.assertEqual(scenarios(what_if.id), {"present", "what_if"})
        nobody = what_if.id + 1000
        for asked in (nobody, str(what_if.id), [what_if.id], True, "1 OR 1=1", None, {}, -1):
            with self.subTest(asked=asked):
                self.assertEqual(scenarios(asked), {"present"})
        self.assertEqual(scenarios(what_if.id, self.env.user), {"present"})
        what_if.unlink()
        self.assertEqual(scenarios(what_if.id), {"present"})

    def test_the_dialog_is_saved_as_it_stands(self):
        dialog = Form(self.env["kpb.what.if"].with_user(self.kacab))
        with dialog.line_ids.edit(0) as line:
            line.offset_days = 20
        dialog.save()
        self.assertEqual(dialog.record.line_ids[0].offset_days, 20)
        self.assertTrue(dialog.record.line_ids[0].code)

    def test_years_are_within_reason(self):
        what_if = self.env["kpb.what.if"].create({})
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(CheckViolation, "figures_sensible"),
            self.cr.savepoint(),
        ):
            what_if.line_ids[:1].write({"offset_months": 36000})
            self.env.flush_all()
