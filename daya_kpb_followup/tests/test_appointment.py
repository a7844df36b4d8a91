from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import Command
from odoo.exceptions import UserError

from .call_case import FRIDAY, HOLIDAY, NOW, SATURDAY, TODAY, TOMORROW, TUESDAY, CallCase, utc

SUNDAY = SATURDAY + timedelta(days=1)
MONDAY = date(2026, 8, 24)
REASON = "Bekerja di luar kota Senin–Jumat"


class TestAppointment(CallCase):
    """S4, P6: the agreed time, on a working day, confirmed, kept or missed."""

    def setUp(self):
        super().setUp()
        self.call = self.make_call("kpb2")

    def come(self, moment, call=None, **details):
        """Log that the customer will come."""
        return self.log(call or self.call, "will_come", appointment_at=moment, **details)

    def assertAppointment(self, moment, deadline, confirmed=False, call=None):
        call = call or self.call
        self.assertNext(call, "appointment", deadline)
        self.assertEqual(call.appointment_at, moment)
        self.assertEqual(call.appointment_confirmed, confirmed)
        self.assertEqual(call.event_id.start, moment)
        self.assertEqual(call.event_id.partner_ids, call.user_id.partner_id)

    # when
    def test_confirmed_on_the_working_day_before(self):
        for day, deadline in (
            (FRIDAY, TOMORROW),
            (TUESDAY, FRIDAY),  # Monday is a holiday
            (MONDAY, date(2026, 8, 21)),
            (TOMORROW, TOMORROW),  # too near to be confirmed: the next step is the day itself
            (TODAY, TODAY),
        ):
            with self.subTest(day=day):
                moment = utc(day, 14)
                self.come(moment)
                self.assertAppointment(moment, deadline)
                self.assertFalse(self.call.weekend_reason)

    def test_asked_again_it_is_confirmed(self):
        moment = utc(TUESDAY, 9, 30)
        self.come(moment)
        self.days_on(1)
        self.come(moment)
        self.assertAppointment(moment, FRIDAY)  # a day too early to count as confirmed
        self.days_on(2)
        self.come(moment)
        self.assertAppointment(moment, TUESDAY, confirmed=True)
        self.come(utc(TUESDAY, 15))
        self.assertAppointment(utc(TUESDAY, 15), TUESDAY)
        self.assertEqual(
            self.env["calendar.event"].search_count([("res_id", "=", self.call.id)]), 1
        )

    def test_ways_to_write_a_time(self):
        jakarta = datetime(2026, 8, 18, 9, 30, tzinfo=ZoneInfo("Asia/Jakarta"))
        for value in (
            "2026-08-18 02:30:00",
            " 2026-08-18T02:30:00 ",
            "2026-08-18T02:30:00Z",
            "2026-08-18T02:30:00.999+00:00",
            "2026-08-18T09:30:00+07:00",
            "2026-08-18T11:30+09:00",
            "2026-08-17T22:30:00-04:00",
            datetime(2026, 8, 18, 2, 30),
            datetime(2026, 8, 18, 2, 30, 0, 999),
            jakarta,
        ):
            with self.subTest(value=value):
                self.come(value)
                self.assertAppointment(datetime(2026, 8, 18, 2, 30), FRIDAY)

    def test_what_is_no_time_is_refused(self):
        for value in (
            "besok",
            "2026-08-18",
            "18/08/2026 09:30",
            "2026-02-30 09:30:00",
            "09:30",
            20260818,
            True,
            TUESDAY,
            [],
            ["2026-08-18 02:30:00"],
            "0001-01-01T00:00:00+07:00",
            "9999-12-31T23:59:59-07:00",
            "9999-12-31T23:59:59",
        ):
            with self.subTest(value=value):
                words = "is not a date and time" if value else "enter the day and time"
                self.assertRefused(lambda value=value: self.come(value), "Appointment", words)
        for value in (None, False, ""):
            self.assertRefused(lambda value=value: self.come(value), "enter the day and time")

    def test_past_and_far_off(self):
        for moment, words in (
            (NOW - timedelta(seconds=2), "has passed"),
            (NOW - timedelta(days=1), "has passed"),
            (utc(TODAY, 9, 59), "has passed"),
            ("1970-01-01T00:00:00", "has passed"),
            (NOW + timedelta(days=366), "more than a year ahead"),
            ("2062-08-18 02:30:00", "Check the year"),
        ):
            self.assertRefused(lambda moment=moment: self.come(moment), "Appointment", words)

    # the weekend
    def test_weekend_only_with_the_reason(self):
        for day in (SATURDAY, SUNDAY):
            for reason in (None, "", "   ", "\n\t"):
                self.assertRefused(
                    lambda day=day, reason=reason: self.come(utc(day, 9), weekend_reason=reason),
                    f"{day:%A}",
                    "Monday to Friday",
                )
            self.come(utc(day, 9), weekend_reason=f"  {REASON} ")
            self.assertAppointment(utc(day, 9), FRIDAY)
            self.assertEqual(self.call.weekend_reason, REASON)

    def test_a_reason_on_a_weekday_is_not_kept(self):
        self.come(utc(SATURDAY, 9), weekend_reason=REASON)
        self.come(utc(TUESDAY, 9), weekend_reason=REASON)
        self.assertFalse(self.call.weekend_reason)
        self.come(utc(HOLIDAY, 9))  # a holiday is no weekend: the customer decides
        self.assertAppointment(utc(HOLIDAY, 9), FRIDAY)

    def test_the_weekend_is_the_branchs(self):
        """Friday evening in UTC is Saturday in Makassar, Sunday evening is Monday."""
        self.branch.tz = "Asia/Makassar"
        friday_in_utc = utc(SATURDAY, 7, tz="Asia/Makassar")
        self.assertEqual(friday_in_utc.date(), FRIDAY)
        self.assertRefused(lambda: self.come(friday_in_utc), "Saturday")
        self.come(friday_in_utc, weekend_reason=REASON)
        self.assertAppointment(friday_in_utc, FRIDAY)
        sunday_in_utc = utc(MONDAY, 7, tz="Asia/Makassar")
        self.assertEqual(f"{sunday_in_utc:%A}", "Sunday")
        self.come(sunday_in_utc)
        self.assertAppointment(sunday_in_utc, date(2026, 8, 21))
        # whoever calls sits in another zone: it does not matter
        self.admin_crm.tz = "America/New_York"
        self.assertRefused(lambda: self.come(friday_in_utc), "Saturday")

    # places
    def test_a_full_half_day_names_the_next_free_one(self):
        self.branch.write({"capacity_morning": 1, "capacity_afternoon": 2})
        others = [self.make_call("kpb1") for _each in range(4)]
        self.come(utc(FRIDAY, 8), others[0])
        self.assertRefused(
            lambda: self.come(utc(FRIDAY, 11, 59)),
            self.branch.name,
            "Friday 14 August 2026, after noon",
        )
        self.come(utc(FRIDAY, 12), others[1])
        self.come(utc(FRIDAY, 16), others[2])
        for hour in (9, 13):
            # the weekend and the holiday are not proposed
            self.assertRefused(
                lambda hour=hour: self.come(utc(FRIDAY, hour)),
                "Tuesday 18 August 2026, before noon",
            )
        self.come(utc(FRIDAY, 10), others[0])  # moving one's own time takes no second place
        self.log(others[0], "call_back", call_back_on=TOMORROW)
        self.come(utc(FRIDAY, 9))
        self.assertAppointment(utc(FRIDAY, 9), TOMORROW)

    def test_half_days_are_the_branchs(self):
        self.branch.tz = "Asia/Jayapura"
        self.branch.capacity_morning = 1
        self.come(utc(FRIDAY, 7, tz="Asia/Jayapura"), self.make_call("kpb1"))  # Thursday in UTC
        self.assertRefused(lambda: self.come(utc(FRIDAY, 11, 59, tz="Asia/Jayapura")), "full")
        self.come(utc(FRIDAY, 12, tz="Asia/Jayapura"))

    def test_a_workshop_without_a_place_says_so(self):
        self.branch.capacity_morning = self.branch.capacity_afternoon = 1
        for ahead in range(30):
            for hour in (9, 13):
                other = self.make_call("kpb1")
                other.write(
                    {
                        "state": "appointment",
                        "appointment_at": utc(TODAY + timedelta(days=ahead), hour),
                    }
                )
        self.assertRefused(lambda: self.come(utc(TODAY, 14)), "none within 28 days")

    # what becomes of it
    def test_missed_and_counted(self):
        self.come(utc(FRIDAY, 9))
        kept = self.make_call("kpb1")
        self.come(utc(FRIDAY, 9), kept)
        self.env["kpb.visit"].create({"purchase_id": kept.purchase_id.id, "kpb_number": 1})
        later = self.make_call("kpb1")
        self.come(utc(TUESDAY, 9), later)
        self.go_to(utc(FRIDAY, 23, 59))
        self.run_cron("lifecycle")
        self.assertEqual(self.call.state, "appointment")  # the day is not over
        for _again in range(2):
            self.go_to(utc(SATURDAY, 0, 1))
            self.run_cron("lifecycle")
            self.assertNext(self.call, "todo", TUESDAY)
            self.assertEqual(self.call.no_show_count, 1)
            self.assertFalse(self.call.appointment_at or self.call.appointment_confirmed)
        self.assertEnded(kept, "done", "came")
        self.assertFalse(kept.no_show_count)
        self.assertAppointment(utc(TUESDAY, 9), FRIDAY, call=later)

    def test_missed_in_the_zone_of_the_branch(self):
        self.branch.tz = "Asia/Jayapura"
        self.come(utc(FRIDAY, 9, tz="Asia/Jayapura"))
        self.go_to(utc(SATURDAY, 0, 30, tz="Asia/Jayapura"))  # still Friday in UTC and in Jakarta
        self.run_cron("lifecycle")
        self.assertEqual((self.call.state, self.call.no_show_count), ("todo", 1))

    def test_a_visit_closes_it_and_takes_it_off_the_calendar(self):
        self.come(utc(FRIDAY, 9))
        event = self.call.event_id
        self.env["kpb.visit"].create({"purchase_id": self.call.purchase_id.id, "kpb_number": 2})
        self.assertEnded(self.call, "done", "came")
        self.assertFalse(event.exists())

    def test_a_calendar_entry_that_somebody_removed_comes_back(self):
        self.come(utc(FRIDAY, 9))
        self.call.event_id.unlink()
        self.come(utc(FRIDAY, 9))
        self.assertAppointment(utc(FRIDAY, 9), TOMORROW)

    def test_nobody_is_mailed(self):
        mails = self.env["mail.mail"].search_count([])
        self.call.partner_id.email = "konsumen@example.com"
        self.come(utc(FRIDAY, 9), user=self.kacab)
        self.come(utc(TUESDAY, 9), user=self.kacab)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertNotIn(self.call.partner_id, self.call.event_id.partner_ids)

    def test_without_an_owner(self):
        call = self.make_call("kpb1")
        call.sudo().write({"user_id": False})
        call.activity_ids.unlink()
        self.log(call, "will_come", user=self.kacab, appointment_at=utc(FRIDAY, 9))
        self.assertEqual(call.state, "appointment")
        self.assertTrue(call.event_id)
        self.assertFalse(call.activity_ids)

    def test_a_calendar_without_working_days(self):
        self.branch.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Kosong", "attendance_ids": [Command.clear()]}
        )
        self.come(utc(FRIDAY, 9))
        self.assertAppointment(utc(FRIDAY, 9), TOMORROW)
        with self.assertRaises(UserError):
            self.come(utc(SATURDAY, 9))
