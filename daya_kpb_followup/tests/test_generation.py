from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from ..models import kpb_job
from .common import PURCHASE_DAY, KpbCase, at_noon

#: (days after purchase, what exists by then), the SOP's days and the days before them (S2, P5).
BY_DAY = [
    (14, []),
    (15, ["stnk"]),
    (29, ["stnk"]),
    (30, ["stnk", "kpb1"]),
    (89, ["stnk", "kpb1"]),
    (90, ["stnk", "kpb1", "kpb2"]),
    (209, ["stnk", "kpb1", "kpb2"]),
    (210, ["stnk", "kpb1", "kpb2", "kpb3"]),
    (329, ["stnk", "kpb1", "kpb2", "kpb3"]),
    (330, ["stnk", "kpb1", "kpb2", "kpb3", "kpb4"]),
]
REGULAR_DAYS = [
    date(2026, 5, 3),
    date(2026, 8, 3),
    date(2026, 11, 3),
    date(2027, 2, 3),
    date(2027, 5, 3),
    date(2027, 8, 3),
    date(2027, 11, 3),
    date(2028, 2, 3),
]
RENEWAL_DAY = date(2028, 3, 10)


class TestGeneration(KpbCase):
    """S1, S2, P5, P8, P9: the right call, on the right day, for the right person, once."""

    def codes(self, purchase):
        return purchase.followup_ids.sorted("planned_date").mapped("milestone_id.code")

    def test_each_day_of_the_first_year(self):
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        for days, expected in BY_DAY:
            for _again in range(2):
                self.generate(self.after(days))
                self.assertEqual(self.codes(purchase), expected, f"H+{days}")

    def test_regular_services_and_offer(self):
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        self.generate(self.after(330))
        self.assertEqual(len(purchase.followup_ids), 5)
        for number, day in enumerate([*REGULAR_DAYS, RENEWAL_DAY], 6):
            self.generate(day - timedelta(days=1))
            self.assertEqual(len(purchase.followup_ids), number - 1, day)
            self.generate(day)
            self.assertEqual(len(purchase.followup_ids), number, day)
        self.assertFalse(purchase.next_milestone_id)
        self.generate(RENEWAL_DAY + timedelta(days=400))
        self.assertEqual(len(purchase.followup_ids), 14)

    def test_right_person_and_activity(self):
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        for days in (15, 30, 90):
            self.generate(self.after(days))
        self.assertOneCall(self.followup(purchase, "stnk"), self.sales, date(2025, 3, 25))
        self.assertOneCall(self.followup(purchase, "kpb1"), self.sales, date(2025, 4, 9))
        # H+90 is Sunday 8 June: the call is due on Monday
        self.assertOneCall(self.followup(purchase, "kpb2"), self.admin_crm, date(2025, 6, 9))

    def test_pcd_lets_the_salesforce_make_every_call(self):
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase(schedule_id=self.pcd.id)
        self.generate(RENEWAL_DAY)
        self.assertEqual(len(purchase.followup_ids), 14)
        self.assertEqual(purchase.followup_ids.role_id, self.roles["salesforce"])
        still_open = purchase.followup_ids.filtered(lambda call: call.state == "todo")
        self.assertEqual(still_open.user_id, self.sales)

    # however often, and in however many pieces
    def test_pieces_of_any_size_give_the_same_calls(self):
        with at_noon(PURCHASE_DAY):
            purchases = [self.make_purchase(self.after(-number)) for number in range(5)]
        expected = None
        for chunk in (500, 2, 1):
            with self.subTest(chunk=chunk), self.cr.savepoint() as savepoint:
                with patch.object(kpb_job, "CHUNK", chunk):
                    for _again in range(2):
                        self.generate(self.after(90))
                found = [
                    (call.purchase_id, call.milestone_code, call.deadline, call.user_id)
                    for purchase in purchases
                    for call in purchase.followup_ids.sorted("planned_date")
                ]
                expected = expected or found
                self.assertEqual(len(found), 15)
                self.assertEqual(found, expected)
                savepoint.rollback()

    def test_a_month_without_a_run_is_caught_up_once(self):
        with at_noon(PURCHASE_DAY):
            late = [self.make_purchase(self.after(-number)) for number in range(3)]
        self.generate(self.after(14))
        self.generate(self.after(14 + 31))
        self.generate(self.after(14 + 31))
        for purchase in late:
            self.assertEqual(self.codes(purchase), ["stnk", "kpb1"])
            self.assertEqual(len(purchase.followup_ids.activity_ids), 2)
            for call in purchase.followup_ids:
                self.assertEqual(call.state, "todo")
                # nobody is late with a call that was not there; the procedure's day is kept
                made = self.after(14 if call.planned_date <= self.after(14) else 45)
                self.assertEqual(call.deadline, made)
                self.assertEqual(call.activity_ids.date_deadline, made)
                self.assertLess(call.first_deadline, self.after(45))

    def test_a_late_call_does_not_wait_for_monday_when_its_coupon_ends_on_sunday(self):
        with at_noon(self.after(80)):
            units = [self.make_purchase(self.after(number)) for number in range(7)]
            ends = {unit: unit._coupon_ends()[unit][1] for unit in units}
        [unit] = (unit for unit in units if ends[unit].weekday() == 6)
        self.generate(ends[unit] - timedelta(days=1))
        self.assertEqual(self.followup(unit, "kpb1").deadline, ends[unit])

    def test_thirty_daily_runs_equal_one_after_thirty_days(self):
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        for days in range(1, 31):
            self.generate(self.after(days))
        daily = [(call.milestone_code, call.planned_date) for call in purchase.followup_ids]
        self.assertCountEqual(daily, [("stnk", self.after(15)), ("kpb1", self.after(30))])

    # each branch by its own clock
    def test_each_branch_starts_its_day_at_its_own_midnight(self):
        branches = {
            tz: self.make_branch(f"Cabang {tz}", f"TST-{tz}", parent_id=self.head_office.id, tz=tz)
            for tz in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
        }
        with at_noon(PURCHASE_DAY):
            sold = {
                tz: self.make_purchase(branch=branches[tz], salesperson_id=False) for tz in branches
            }
        due_day = self.after(15)
        for tz, purchase in reversed(sold.items()):
            midnight = datetime(due_day.year, due_day.month, due_day.day, tzinfo=ZoneInfo(tz))
            for minutes, expected in [(-10, []), (-1, []), (0, ["stnk"]), (10, ["stnk"])]:
                moment = midnight.astimezone(UTC).replace(tzinfo=None) + timedelta(minutes=minutes)
                with self.subTest(tz, minutes=minutes), freeze_time(moment):
                    self.run_cron("generate")
                    self.assertEqual(self.codes(purchase), expected)
                    day = due_day if expected else due_day - timedelta(days=1)
                    self.assertEqual(branches[tz].generated_as_of, day)

    def test_the_time_zone_of_whoever_runs_it_does_not_matter(self):
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        for tz in (False, "America/New_York", "Pacific/Apia"):
            self.env.ref("base.user_root").tz = tz
            with freeze_time("2025-03-24 16:59:00"):
                self.run_cron("generate")
                self.assertFalse(purchase.followup_ids)
        with freeze_time("2025-03-24 17:00:00"):
            self.run_cron("generate")
            self.assertEqual(self.codes(purchase), ["stnk"])

    # too late to be useful
    def test_what_was_planned_before_go_live_is_skipped_what_came_after_has_failed(self):
        go_live = self.after(100)
        self.branch.go_live_date = go_live
        with at_noon(self.after(400)):
            purchase = self.make_purchase()
        self.generate(self.after(400))
        self.assertEqual(
            [
                (call.milestone_code, call.state, call.result)
                for call in purchase.followup_ids.sorted("planned_date")
            ],
            [("kpb3", "failed", "expired"), ("kpb4", "failed", "expired")],
        )
        self.assertFalse(purchase.followup_ids.activity_ids)
        self.assertTrue(all(purchase.followup_ids.mapped("closed_at")))
        self.assertEqual(purchase.next_milestone_id.code, "regular")
        self.assertEqual(
            [entry["state"] for entry in purchase.timeline[:5]],
            ["skipped", "skipped", "skipped", "failed", "failed"],
        )

    def test_a_useful_call_from_before_go_live_is_made(self):
        self.branch.go_live_date = self.after(40)
        with at_noon(self.after(40)):
            purchase = self.make_purchase()
        self.generate(self.after(40))
        self.assertEqual(set(purchase.followup_ids.mapped("state")), {"todo"})
        self.assertEqual(self.codes(purchase), ["stnk", "kpb1"])

    def test_a_coupon_call_is_useful_until_its_coupon_ends(self):
        # engine JFB1: KPB 1 ends 75 days after purchase, grace included
        for days, state in [(75, "todo"), (76, "failed")]:
            with self.subTest(days=days), self.cr.savepoint() as savepoint:
                with at_noon(PURCHASE_DAY):
                    purchase = self.make_purchase(engine_number=f"JFB1E9{days}")
                self.generate(self.after(days))
                self.assertEqual(self.followup(purchase, "kpb1").state, state)
                savepoint.rollback()

    def test_a_call_after_its_coupon_is_made_all_the_same(self):
        # engine JB01: KPB 3 ends after 195 days, the procedure calls at 210 (S2)
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase(engine_number="JB01E0000001")
        self.generate(self.after(210))
        self.assertEqual(self.followup(purchase, "kpb3").state, "todo")

    def test_other_calls_are_useful_for_sixty_days(self):
        for days, state in [(75, "todo"), (76, "failed")]:
            with self.subTest(days=days), self.cr.savepoint() as savepoint:
                with at_noon(PURCHASE_DAY):
                    purchase = self.make_purchase()
                self.generate(self.after(days))
                self.assertEqual(self.followup(purchase, "stnk").state, state)
                savepoint.rollback()

    # nobody to be called
    def test_a_service_done_before_its_milestone_needs_no_call(self):
        with at_noon(self.after(20)):
            purchase = self.make_purchase()
            visit = self.env["kpb.visit"].create(
                {"purchase_id": purchase.id, "date": self.after(20), "kpb_number": 1}
            )
        self.generate(self.after(30))
        call = self.followup(purchase, "kpb1")
        self.assertEqual((call.state, call.result, call.visit_id), ("done", "came", visit))
        self.assertFalse(call.activity_ids)

    def late_regular_calls(self, served, day):
        """Return (occurrence, result) of the regular calls of a first run on a day."""
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        with at_noon(served):
            self.env["kpb.visit"].create({"purchase_id": purchase.id, "date": served})
        self.generate(day)
        calls = purchase.followup_ids.filtered(lambda call: call.milestone_code == "regular")
        return [(call.occurrence, call.result) for call in calls.sorted("occurrence")]

    def test_after_an_outage_a_service_answers_the_regular_call_nearest_to_it(self):
        first, second = REGULAR_DAYS[:2]
        for served, expected in [
            (first - timedelta(days=20), ["came", "expired"]),
            (first + timedelta(days=20), ["came", "expired"]),
            (second - timedelta(days=40), ["expired", "came"]),
            (second + timedelta(days=7), ["expired", "came"]),
        ]:
            with self.subTest(served=served), self.cr.savepoint() as savepoint:
                found = self.late_regular_calls(served, second + timedelta(days=65))
                self.assertEqual(found, list(enumerate(expected, 1)))
                savepoint.rollback()

    def test_a_service_is_not_used_up_by_a_call_that_is_skipped(self):
        skipped, called = REGULAR_DAYS[3:5]
        self.branch.go_live_date = skipped + timedelta(days=1)
        served = called - timedelta(days=45)
        self.assertLess(served - skipped, called - served, "nearer to the one that is skipped")
        found = self.late_regular_calls(served, called + timedelta(days=10))
        self.assertEqual(found, [(5, "came")])

    def test_who_does_not_want_to_be_contacted_is_not(self):
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        self.generate(self.after(15))
        with at_noon(self.after(20)):
            purchase.partner_id.kpb_do_not_contact = True
        self.generate(self.after(30))
        for code in ("stnk", "kpb1"):
            call = self.followup(purchase, code)
            self.assertEqual((call.state, call.result), ("cancelled", "do_not_contact"))
            self.assertFalse(call.activity_ids)

    def test_lost_and_stopped_customers_get_no_calls(self):
        for status in ("lost", "stopped", "prospect"):
            with at_noon(PURCHASE_DAY):
                purchase = self.make_purchase()
                purchase.status = status
            self.generate(self.after(400))
            self.assertFalse(purchase.followup_ids, status)
            self.assertFalse(purchase.next_followup_date, status)

    def test_admin_stnk_chases_what_is_not_back_without_a_mail_each(self):
        admin_stnk = self.make_member(self.branch, "admin_stnk")
        with at_noon(PURCHASE_DAY):
            purchases = [self.make_purchase(), self.make_purchase(stnk_state="ready")]
        mails = self.env["mail.mail"].search_count([])
        self.generate(self.after(15))
        chases = purchases[0].activity_ids
        self.assertEqual(chases.user_id, admin_stnk)
        self.assertFalse(purchases[1].activity_ids)
        self.assertNotIn(admin_stnk.partner_id, purchases[0].message_partner_ids)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    # corrected facts
    def test_a_corrected_purchase_date_moves_open_calls_and_the_pointer(self):
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        self.generate(self.after(30))
        with at_noon(self.after(35)):
            purchase.purchase_date = self.after(-3)
        call = self.followup(purchase, "kpb1")
        self.assertEqual(call.planned_date, self.after(27))
        # 6 April 2025 is a Sunday
        self.assertOneCall(call, self.sales, date(2025, 4, 7))
        self.assertEqual(purchase.next_milestone_id.code, "kpb2")
        self.assertEqual(purchase.next_followup_date, self.after(87))

    def test_calls_of_a_mistyped_year_are_made_anew_when_it_is_corrected(self):
        with at_noon(self.after(20)):
            purchase = self.make_purchase(PURCHASE_DAY.replace(year=2024))
        self.generate(self.after(20))
        self.assertIn("kpb4", self.codes(purchase))
        with at_noon(self.after(20)):
            purchase.purchase_date = PURCHASE_DAY
        self.generate(self.after(20))
        self.assertEqual(self.codes(purchase), ["stnk"])
        self.assertOneCall(purchase.followup_ids, self.sales, date(2025, 3, 25))
        self.assertEqual(purchase.stage_id, self.env.ref("daya_kpb_followup.kpb_stage_stnk"))
        self.generate(self.after(30))
        self.assertEqual(self.codes(purchase), ["stnk", "kpb1"])

    def test_a_unit_that_moves_to_another_branch_is_called_by_its_people(self):
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        self.generate(self.after(15))
        with at_noon(self.after(16)):
            purchase.write({"branch_id": self.sister.id, "salesperson_id": self.sister_sales.id})
        call = self.followup(purchase, "stnk")
        self.assertEqual(call.branch_id, self.sister)
        self.assertOneCall(call, self.sister_sales, date(2025, 3, 25))

    def test_deadlines_follow_the_branch_s_own_holidays(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Cuti bersama",
                "calendar_id": self.branch.resource_calendar_id.id,
                "company_id": self.branch.company_id.id,
                # 25 March, the whole day in Jakarta
                "date_from": "2025-03-24 17:00:00",
                "date_to": "2025-03-25 16:59:59",
            }
        )
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        self.generate(self.after(15))
        self.assertOneCall(self.followup(purchase, "stnk"), self.sales, date(2025, 3, 26))

    # cost
    def test_queries_per_purchase_do_not_grow_with_their_number(self):
        self.make_member(self.branch, "admin_stnk")
        self.queries_for(1, "A")
        few, many = self.queries_for(5, "B"), self.queries_for(50, "C")
        self.assertLess(many - few, 10, "45 more purchases")

    def queries_for(self, number, letter):
        with at_noon(PURCHASE_DAY):
            for serial in range(number):
                self.make_purchase(
                    chassis_number=f"QRY{letter}{serial}", engine_number=f"QRYE{letter}{serial}"
                )
        before = self.cr.sql_log_count
        self.generate(self.after(15))
        return self.cr.sql_log_count - before
