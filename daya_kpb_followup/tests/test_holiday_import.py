import base64
from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import Form

from .call_case import FRIDAY, HOLIDAY, TODAY, TOMORROW, CallCase, utc

LIST = """date;name;kind;decree
2026-08-13;Libur Uji;libur nasional;SKB Uji
2026-08-14;Cuti Bersama Uji;cuti bersama;SKB Uji
2026-12-25;Natal;libur nasional;SKB Uji
"""


class TestHolidayImport(CallCase):
    """A year's list becomes days off in the branches, once, and calls move off them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch.resource_calendar_id = cls.branch.resource_calendar_id.copy({"name": "Uji"})
        cls.branch.resource_calendar_id.leave_ids.unlink()
        cls.boss = cls.make_member(cls.head_office, "kacab", groups="kpb_group_admin")

    def load(self, text=LIST, user=None, **vals):
        """Load a list as the administrator; return what is said."""
        if text is not None:
            content = text if isinstance(text, bytes) else text.encode()
            vals["file"] = base64.b64encode(content)
        wizard = (
            self.env["kpb.holiday.import"]
            .with_user(user or self.boss)
            .with_context(lang="en_US")
            .create({"branch_ids": [(6, 0, self.branch.ids)], **vals})
        )
        return wizard.action_import()["params"]["message"]

    def leaves(self):
        """Return the days off of the branch's calendar."""
        return self.env["resource.calendar.leaves"].search(
            [("calendar_id", "=", self.branch.resource_calendar_id.id)], order="date_from"
        )

    def test_loaded_once(self):
        self.assertIn("2 holidays read, 2 new", self.load())
        self.assertEqual(self.leaves().mapped("name"), ["Libur Uji (SKB Uji)", "Natal (SKB Uji)"])
        before = self.rows()
        self.assertIn("2 holidays read, 0 new", self.load())
        self.assertEqual(self.rows(), before)
        self.load(LIST.replace("Natal", "Hari Natal"))
        self.assertEqual(self.leaves().mapped("name")[1], "Hari Natal (SKB Uji)")
        self.assertIn("3 holidays read, 1 new", self.load(with_joint_leave=True))
        self.assertEqual(len(self.leaves()), 3)

    def test_a_whole_day_off_in_every_zone(self):
        for zone in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"):
            with self.subTest(zone=zone):
                self.leaves().unlink()
                self.branch.tz = zone
                self.load()
                _weekdays, days_off = self.branch._working_days(TODAY, FRIDAY)
                self.assertEqual(days_off, {TOMORROW})
                for other in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"):
                    self.branch.tz = other  # a calendar that branches of other zones share
                    self.assertEqual(self.branch._working_days(TODAY, FRIDAY)[1], {TOMORROW})
                self.branch.tz = zone

    def test_calls_move_off_the_new_days(self):
        call, later = self.make_call("kpb1"), self.make_call("kpb2")
        booked = self.make_call("kpb3")
        self.log(call, "no_answer")
        self.log(booked, "will_come", appointment_at=utc(FRIDAY, 9))
        self.assertEqual((call.deadline, booked.deadline), (TOMORROW, TOMORROW))
        self.assertIn("1 calls moved", self.load())
        self.assertNext(call, "todo", FRIDAY)
        self.assertNext(later, "todo", TODAY)
        self.assertNext(booked, "appointment", TOMORROW)
        self.assertIn("0 calls moved", self.load())

    def test_the_list_of_2026(self):
        calendar = self.branch.resource_calendar_id
        with Form(self.env["kpb.holiday.import"].with_user(self.boss)) as form:
            form.branch_ids.clear()
            form.branch_ids.add(self.branch)
        form.record.action_import()
        days = {self.branch._local(leave.date_from).date() for leave in self.leaves()}
        self.assertEqual(len(days), 17)
        self.assertIn(HOLIDAY, days)
        self.assertNotIn(date(2026, 12, 24), days)
        self.assertEqual(self.branch._working_day(date(2026, 12, 25)), date(2026, 12, 28))
        self.assertEqual(self.leaves().calendar_id, calendar)

    def test_refused_by_line(self):
        for text, words in (
            ("", "Choose a list or a file"),
            ("date;name\n", "names no day"),
            ("tanggal saja\n", "date;name;kind;decree"),
            ("date;name\n2026-02-30;Salah\n", "Line 2: “2026-02-30” is not a date"),
            ("date;name\n2026-08-17;Benar\n2026-08-18;\n", "Line 3"),
            (b"PK\x03\x04\xff\xfe", "CSV (UTF-8)"),
        ):
            with self.subTest(words=words):
                before = self.leaves()
                self.assertRefused(lambda text=text: self.load(text, year=False), words)
                self.assertEqual(self.leaves(), before)

    def test_only_for_administrators(self):
        for user in (self.admin_crm, self.kacab):
            with self.assertRaises(AccessError):
                self.load(user=user)
