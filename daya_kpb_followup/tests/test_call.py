from datetime import timedelta
from urllib.parse import unquote

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .call_case import HOLIDAY, SATURDAY, TODAY, TOMORROW, CallCase, utc


@tagged("post_install", "-at_install")
class TestCall(CallCase):
    """What the call's screen is told, and what it can do (P6, S4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create(
            {"name": "Siti <b>Aminah</b>", "phone": "0812 3456 7890"}
        )

    def setUp(self):
        super().setUp()
        self.purchase = self.make_purchase(
            TODAY - timedelta(days=90), partner_id=self.customer.id, license_plate="D 4512 AB"
        )
        self.call = self.make_call("kpb2", self.purchase).with_user(self.admin_crm)

    def sheet(self, call=None):
        """Return what the screen is told, in English."""
        return (call or self.call).with_context(lang="en_US").call_sheet()

    # the sheet
    def test_sheet_tells_whom_and_what(self):
        sheet = self.sheet()
        self.assertEqual(sheet["who"]["tel"], "+6281234567890")
        self.assertEqual(sheet["who"]["plate"], "D 4512 AB")
        self.assertTrue(sheet["open"])
        self.assertEqual(
            [button["name"] for button in sheet["buttons"]],
            ["will_come", "no_answer", "call_back", "served", "refused", "more"],
        )
        self.assertIn("<b>Siti &lt;b&gt;Aminah&lt;/b&gt;</b>", sheet["script"])
        self.assertIn(f"<b>{self.admin_crm.name}</b>", sheet["script"])

    def test_sheet_of_a_closed_call(self):
        self.log(self.call, "refused", note="Sudah pindah kota")
        sheet = self.sheet()
        self.assertFalse(sheet["open"])
        self.assertIn("Refused", sheet["closed"])
        self.assertEqual(sheet["buttons"], [])
        self.assertTrue(sheet["can_undo"])
        self.assertEqual(sheet["attempts"][0]["note"], "Sudah pindah kota")

    def test_sheet_is_for_the_branch(self):
        with self.assertRaises(AccessError):
            self.call.with_user(self.sister_admin).call_sheet()
        with self.assertRaises(AccessError):
            self.call.with_user(self.sister_admin).action_whatsapp()

    def test_number_of_questions_does_not_grow_with_the_past(self):
        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.sheet()
            return self.env.cr.sql_log_count - before

        self.sheet()
        first = count()
        for _try in range(3):
            self.log(self.call, "no_answer")
        self.purchase.with_user(self.admin_crm).validate_customer("phone", {"name": True})
        self.assertLessEqual(count(), first + 3)

    def test_second_caller_sees_what_the_first_did(self):
        seen = self.sheet()["seen"]
        self.log(self.call, "no_answer", user=self.kacab)
        self.assertRefused(
            lambda: self.call.with_context(kpb_seen_attempts=seen).log_attempt("refused"),
            "No answer",
            self.kacab.name,
        )
        seen = self.sheet()["seen"]
        self.call.with_context(kpb_seen_attempts=seen).log_attempt("refused")

    # days and places
    def test_days_offered(self):
        days = self.call.appointment_days()
        kinds = {day["date"]: (day["weekend"], day["holiday"]) for day in days}
        self.assertEqual(
            kinds,
            {
                "2026-08-12": (False, False),
                "2026-08-13": (False, False),
                "2026-08-14": (False, False),
                "2026-08-15": (True, False),
                "2026-08-16": (True, False),
                "2026-08-17": (False, True),
                "2026-08-18": (False, False),
                "2026-08-19": (False, False),
            },
        )
        self.assertFalse(days[0]["left"], "no limit, no number")
        self.assertIn("Today", days[0]["label"])
        past = [slot["label"] for slot in days[0]["times"] if not slot["free"]]
        self.assertIn("09:30", past)
        self.assertNotIn("10:30", past)

    def test_every_time_offered_is_taken(self):
        for day in self.call.appointment_days():
            slot = next(slot for slot in day["times"] if slot["free"])
            self.call.log_attempt(
                "will_come", appointment_at=slot["at"], weekend_reason="Kerja shift"
            )
            local = self.branch._local(self.call.appointment_at)
            self.assertEqual(local.strftime("%Y-%m-%d %H:%M"), f"{day['date']} {slot['label']}")

    def test_branch_that_never_works_on_a_weekday(self):
        self.branch.resource_calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Akhir pekan",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": "Sabtu",
                            "dayofweek": "5",
                            "day_period": "morning",
                            "hour_from": 8,
                            "hour_to": 12,
                        }
                    )
                ],
            }
        )
        self.assertTrue(self.call.appointment_days())

    def test_places_left(self):
        self.branch.write({"capacity_morning": 1, "capacity_afternoon": 2})
        (free,) = self.call.appointment_days(str(TOMORROW))
        self.assertEqual(free["left"], 3)
        other = self.make_call("kpb2")
        self.log(other, "will_come", appointment_at=utc(TOMORROW, 9))
        (left,) = self.call.appointment_days(str(TOMORROW))
        self.assertEqual(left["left"], 2)
        self.assertEqual(
            {slot["label"] for slot in left["times"] if slot["free"] and slot["label"] < "12:00"},
            set(),
        )
        (own,) = other.appointment_days(str(TOMORROW))
        self.assertEqual(own["left"], 3, "its own appointment takes no place")

    def test_a_day_that_is_none(self):
        self.assertRefused(lambda: self.call.appointment_days("besok"), "besok")

    def test_branch_in_another_zone(self):
        self.branch.tz = "Asia/Jayapura"
        (day,) = self.call.appointment_days(str(TOMORROW))
        self.assertTrue(day["times"][0]["at"].endswith("+09:00"))
        self.call.log_attempt("will_come", appointment_at=day["times"][0]["at"])
        self.assertEqual(
            self.branch._local(self.call.appointment_at).strftime("%H:%M"),
            day["times"][0]["label"],
        )

    def test_call_back_days_are_working_days(self):
        days = [day["date"] for day in self.sheet()["call_back_days"]]
        self.assertEqual(days, ["2026-08-13", "2026-08-14", "2026-08-18"])

    # the next call
    def test_next_call(self):
        second = self.make_call("kpb2", deadline=TODAY - timedelta(days=2))
        third = self.make_call("kpb3")
        self.make_call("kpb2", deadline=TOMORROW)
        self.make_call("kpb2", user=self.kacab)
        self.log(self.call, "no_answer")
        told = self.call.with_context(lang="en_US").call_next([self.call.id])
        self.assertEqual(told["next_id"], second.id)
        self.assertEqual(told["left"], 2)
        self.assertTrue(told["can_undo"])
        self.assertIn("No answer", told["told"])
        self.assertEqual(self.call.call_next([second.id])["next_id"], third.id)
        self.assertFalse(self.call.call_next([second.id, third.id])["next_id"])

    def test_a_manager_works_through_the_list_of_whom_he_stands_in_for(self):
        second = self.make_call("kpb3")
        call = self.call.with_user(self.kacab)
        call.log_attempt("no_answer")
        self.assertEqual(call.call_next([])["next_id"], second.id)

    def test_first_call(self):
        first = self.make_call("kpb2", deadline=TODAY - timedelta(days=5))
        calls = self.env["kpb.followup"].with_user(self.admin_crm)
        self.assertEqual(calls.action_call_first()["params"], {"followup_id": first.id})
        idle = self.env["kpb.followup"].with_user(self.kacab)
        self.assertEqual(idle.action_call_first()["tag"], "display_notification")

    def test_activity_opens_the_call(self):
        self.assertTrue(self.call.activity_ids.kpb_call)
        by_hand = self.call.activity_schedule("mail.mail_activity_data_call")
        self.assertFalse(by_hand.kpb_call)
        action = (self.call.activity_ids - by_hand).action_kpb_call()
        self.assertEqual(action["tag"], "kpb_call")
        self.assertEqual(action["params"], {"followup_id": self.call.id})

    # WhatsApp, e-mail, SMS
    def test_whatsapp(self):
        activity, deadline = self.call.activity_ids, self.call.deadline
        action = self.call.action_whatsapp()
        self.assertEqual((action["type"], action["target"]), ("ir.actions.act_url", "new"))
        link, text = action["url"].split("?text=")
        self.assertEqual(link, "https://wa.me/6281234567890")
        self.assertIn("Bapak/Ibu Siti <b>Aminah</b>", unquote(text))
        self.assertIn("(D 4512 AB)", unquote(text))
        attempt = self.call.attempt_ids
        self.assertEqual(
            (attempt.channel, attempt.outcome, attempt.user_id, attempt.unsuccessful),
            ("whatsapp", False, self.admin_crm, False),
        )
        self.assertEqual(self.call.attempt_count, 0)
        self.assertEqual((self.call.activity_ids, self.call.deadline), (activity, deadline))

    def test_message_names_the_appointment(self):
        self.log(self.call, "will_come", appointment_at=utc(TOMORROW, 9, 30))
        self.assertIn("Kamis, 13 Agustus 2026 pukul 09.30 WIB", self.call._message_text())

    def test_message_does_not_invite_with_an_ended_coupon(self):
        self.call.sudo().milestone_id.whatsapp_template = (
            "Sudah waktunya KPB 2.{ Jasanya gratis. Kupon berlaku sampai [Akhir Kupon].} Kapan?"
        )
        self.assertIn("gratis. Kupon berlaku sampai", self.call._message_text())
        self.days_on(200)
        self.call.invalidate_recordset()
        self.assertEqual(self.call._message_text(), "Sudah waktunya KPB 2. Kapan?")

    def test_new_unit_without_plate(self):
        self.purchase.license_plate = False
        text = self.call._message_text()
        self.assertNotIn("[", text)
        self.assertNotIn("()", text)

    def test_every_milestone_has_a_message(self):
        for milestone in (self.sop | self.pcd).milestone_ids:
            self.assertTrue(milestone.whatsapp_template, milestone.code)
            self.assertNotRegex(milestone.whatsapp_preview, r"[\[\]{}]")

    def test_unknown_gap_is_refused(self):
        milestone = self.sop.milestone_ids[0]
        with self.assertRaisesRegex(ValidationError, r"\[Harga\]"):
            milestone.whatsapp_template = "Halo [Nama Konsumen], [Harga]"

    def test_no_message_where_nobody_reads_it(self):
        self.customer.phone = "022 4231234"
        self.assertRefused(self.call.action_whatsapp, "022 4231234")
        self.assertFalse(self.sheet()["who"]["whatsapp_url"])
        self.customer.phone = False
        self.assertRefused(self.call.action_whatsapp, "0812-3456-789")
        self.assertIn("0812-3456-789", self.sheet()["who"]["phone_hint"])

    def test_do_not_contact(self):
        call = self.make_call("stnk", self.purchase).with_user(self.admin_crm)
        self.customer.write(
            {"kpb_do_not_contact": True, "kpb_do_not_contact_reason": "Merasa terganggu"}
        )
        for one in (self.call, call):
            for act in (one.action_whatsapp, one.action_email, one.action_sms):
                self.assertRefused(act, "Merasa terganggu")
            sheet = self.sheet(one)
            self.assertIn("Merasa terganggu", sheet["refusal"])
            self.assertFalse(sheet["who"]["whatsapp_url"] or sheet["who"]["tel"])

    def test_closed_call_sends_nothing(self):
        self.log(self.call, "refused")
        self.assertRefused(self.call.action_whatsapp, "closed")

    def test_email_is_logged_when_it_is_sent(self):
        self.assertRefused(self.call.action_email, "e-mail address")
        self.customer.email = "siti@example.com"
        action = self.call.action_email()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.admin_crm)
            .with_context(**action["context"])
            .create({})
        )
        self.assertFalse(self.call.attempt_ids, "opening it sends nothing")
        composer.action_send_mail()
        self.assertEqual(
            (self.call.attempt_ids.channel, self.call.attempt_ids.outcome), ("email", False)
        )
        self.call.message_post(body="Catatan untuk rekan")
        self.assertEqual(len(self.call.attempt_ids), 1)

    def test_sms_is_logged_when_it_is_sent(self):
        if "sms.composer" not in self.env:
            self.assertRefused(self.call.action_sms, "SMS")
            return
        action = self.call.action_sms()
        self.env["sms.composer"].with_user(self.admin_crm).with_context(**action["context"]).create(
            {}
        ).action_send_sms()
        self.assertEqual(self.call.attempt_ids.channel, "sms")

    # the five items
    def line(self, item, user=None):
        """Return how one item stands on the screen."""
        lines = self.purchase.with_user(user or self.admin_crm)._item_lines()
        return next(line for line in lines if line["item"] == item)

    def test_items_say_since_when_they_are_certain(self):
        self.assertTrue(self.line("address")["missing"])
        self.assertFalse(self.line("phone")["confirmed_days"])
        self.purchase.with_user(self.admin_crm).validate_customer("phone", {"phone": True})
        self.assertTrue(self.line("phone")["fresh"])
        self.days_on(366)
        self.assertFalse(self.line("phone")["fresh"])
        self.assertEqual(self.line("phone")["confirmed_days"], 366)

    def test_nik_is_for_whoever_may_read_it(self):
        self.customer.nik = "3273014105900001"
        hidden = self.line("nik")
        self.assertEqual((hidden["value"], hidden["entry"]), ("•••• 0001", ""))
        self.admin_crm.group_ids = [
            Command.link(self.env.ref("daya_kpb_followup.kpb_group_privacy").id)
        ]
        self.assertEqual(self.line("nik")["value"], "3273014105900001")

    def test_quality_of_data(self):
        data = self.customer.with_user(self.admin_crm)
        self.assertEqual((data.kpb_completeness, data.kpb_freshness), (40, 0))
        self.assertIn("Address", data.kpb_missing)
        self.purchase.with_user(self.admin_crm).validate_customer(
            "phone",
            {
                "name": True,
                "phone": True,
                "address": "Jl. Braga No. 5",
                "nik": "3273014105900001",
                "birth": "Bandung, 1990-05-01",
            },
        )
        data.invalidate_recordset()
        self.assertEqual((data.kpb_completeness, data.kpb_freshness), (100, 100))
        self.assertEqual(data.kpb_validated_on, TODAY)
        self.assertFalse(data.kpb_missing)

    def test_list_of_whom_to_ask(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "daya_kpb_followup.res_partner_action_kpb_data"
        )
        self.assertIn("search_default_wanting", action["context"])
        view = self.env.ref("daya_kpb_followup.res_partner_view_search_kpb_data")
        self.assertIn("wanting", view.arch)
        mine = self.env["res.partner"].with_user(self.admin_crm)
        foreign = mine.with_user(self.sister_admin)
        domain = [("kpb_purchase_ids", "any", [("status", "in", ("active", "at_risk"))])]
        self.assertIn(self.customer, mine.search(domain))
        self.assertNotIn(self.customer, foreign.search(domain), "a customer of another branch")

    def test_weekend_and_holiday_words(self):
        (saturday,) = self.call.appointment_days(str(SATURDAY))
        (holiday,) = self.call.appointment_days(str(HOLIDAY))
        self.assertEqual((saturday["weekend"], holiday["holiday"]), (True, True))
        self.assertTrue(saturday["times"], "times are offered: the reason decides")

    def test_undo_from_the_screen(self):
        self.log(self.call, "refused")
        self.call.action_undo_last_attempt()
        self.assertTrue(self.sheet()["open"])
        with self.assertRaises(UserError):
            self.call.action_undo_last_attempt()
