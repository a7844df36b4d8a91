from datetime import date, datetime

from odoo.exceptions import UserError, ValidationError

from .common import PURCHASE_DAY, KpbCase, at_noon


class TestBranch(KpbCase):
    """P4: a branch knows its place, its people, its clock, its working days and its places."""

    def test_name_and_code_suffice(self):
        branch = self.env["kpb.branch"].create({"name": "Cabang Baru", "code": "TST-NEW"})
        self.assertEqual(branch.tz, "Asia/Jakarta")
        self.assertEqual(branch.schedule_id, self.sop)
        self.assertTrue(branch.resource_calendar_id)
        self.assertTrue(branch.go_live_date)

    # its place
    def test_the_lineage_leads_from_the_branch_to_head_office(self):
        outpost = self.make_branch("Pos Uji", "TST-P", parent_id=self.branch.id)
        self.assertEqual(list(outpost._lineage()), [outpost, self.branch, self.head_office])
        self.assertEqual(list(self.head_office._lineage()), [self.head_office])
        outpost.parent_id = self.sister
        self.assertEqual(list(outpost._lineage()), [outpost, self.sister, self.head_office])

    def test_a_branch_cannot_lie_below_itself(self):
        outpost = self.make_branch("Pos Uji", "TST-P", parent_id=self.branch.id)
        for parent in (self.branch, outpost):
            with self.assertRaisesRegex((ValidationError, UserError), "(?i)parent|recurs"):
                self.branch.parent_id = parent
                self.env.flush_all()

    def test_members_see_their_branch_and_what_lies_below(self):
        outpost = self.make_branch("Pos Uji", "TST-P", parent_id=self.branch.id)
        for branch, seen, hidden in [
            (self.head_office, self.pic_crm, self.kacab | self.sister_admin),
            (self.branch, self.pic_crm | self.kacab | self.sales, self.sister_admin),
            (outpost, self.pic_crm | self.kacab | self.sales, self.sister_admin),
            (self.sister, self.pic_crm | self.sister_admin, self.kacab | self.sales),
        ]:
            self.assertLessEqual(seen, branch.access_user_ids, branch.name)
            self.assertFalse(hidden & branch.access_user_ids, branch.name)

    def test_a_branch_that_moves_takes_its_access_along(self):
        outpost = self.make_branch("Pos Uji", "TST-P", parent_id=self.branch.id)
        outpost.parent_id = self.sister
        self.assertIn(self.sister_admin, outpost.access_user_ids)
        self.assertNotIn(self.sales, outpost.access_user_ids)

    def test_an_ended_membership_ends_the_access_everywhere_below(self):
        outpost = self.make_branch("Pos Uji", "TST-P", parent_id=self.branch.id)
        lines = self.env["kpb.branch.member"].search([("user_id", "=", self.kacab.id)])
        lines.active = False
        for branch in (self.branch, outpost):
            self.assertNotIn(self.kacab, branch.access_user_ids)

    # its working days
    def leave(self, begin, end, **vals):
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Libur",
                "calendar_id": self.branch.resource_calendar_id.id,
                "company_id": self.branch.company_id.id,
                "date_from": begin,
                "date_to": end,
                **vals,
            }
        )

    def working_day(self, day):
        return self.branch._working_day(day)

    def test_weekends_move_a_deadline_to_monday(self):
        for day, expected in [
            (date(2025, 3, 14), date(2025, 3, 14)),
            (date(2025, 3, 15), date(2025, 3, 17)),
            (date(2025, 3, 16), date(2025, 3, 17)),
        ]:
            self.assertEqual(self.working_day(day), expected)

    def test_a_holiday_is_a_day_of_the_branch_s_own_clock(self):
        # 18 March from midnight to midnight in Jakarta, stored in UTC
        self.leave("2025-03-17 17:00:00", "2025-03-18 16:59:59")
        self.assertEqual(self.working_day(date(2025, 3, 17)), date(2025, 3, 17))
        self.assertEqual(self.working_day(date(2025, 3, 18)), date(2025, 3, 19))
        self.assertEqual(self.branch._working_day_before(date(2025, 3, 19)), date(2025, 3, 17))

    def test_a_holiday_by_working_hours_counts_as_well(self):
        self.leave("2025-03-18 01:00:00", "2025-03-18 10:00:00")  # 08:00 to 17:00
        self.assertEqual(self.working_day(date(2025, 3, 18)), date(2025, 3, 19))

    def test_half_a_day_off_is_a_working_day(self):
        self.leave("2025-03-18 01:00:00", "2025-03-18 05:00:00")
        self.assertEqual(self.working_day(date(2025, 3, 18)), date(2025, 3, 18))

    def test_a_person_s_holiday_is_not_the_branch_s(self):
        resource = self.env["resource.resource"].create({"name": "Seseorang"})
        self.leave("2025-03-17 17:00:00", "2025-03-18 16:59:59", resource_id=resource.id)
        self.assertEqual(self.working_day(date(2025, 3, 18)), date(2025, 3, 18))

    def test_long_holidays_are_passed(self):
        self.leave("2025-03-30 17:00:00", "2025-04-07 16:59:59")  # Idulfitri
        self.assertEqual(self.working_day(date(2025, 3, 31)), date(2025, 4, 8))

    def test_a_calendar_without_working_days_lets_every_day_count(self):
        self.branch.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Kosong", "attendance_ids": []}
        )
        self.branch.resource_calendar_id.attendance_ids.unlink()
        self.assertEqual(self.working_day(date(2025, 3, 16)), date(2025, 3, 16))

    # its places
    def test_a_full_half_day_takes_no_more_appointments(self):
        self.branch.capacity_morning = 1
        with at_noon(PURCHASE_DAY):
            first, second = self.make_purchase(), self.make_purchase()
        self.generate(self.after(30))
        calls = [
            self.followup(purchase, "kpb1").with_user(self.sales) for purchase in (first, second)
        ]
        with at_noon(self.after(30)):
            calls[0].log_attempt("will_come", appointment_at=datetime(2025, 4, 14, 2))
            with self.assertRaisesRegex(UserError, "Cabang Uji A is full"):
                calls[1].log_attempt("will_come", appointment_at=datetime(2025, 4, 14, 3))
            self.assertEqual(calls[1].state, "todo")
            calls[1].log_attempt("will_come", appointment_at=datetime(2025, 4, 14, 6))
            calls[0].log_attempt("will_come", appointment_at=datetime(2025, 4, 14, 4))
        self.assertEqual([call.state for call in calls], ["appointment"] * 2)

    def test_no_limit_means_no_limit(self):
        self.assertEqual(self.branch.capacity_morning, 0)
        call = self.env["kpb.followup"]
        self.assertEqual(self.branch._places_left(datetime(2025, 4, 14, 2), call), float("inf"))
