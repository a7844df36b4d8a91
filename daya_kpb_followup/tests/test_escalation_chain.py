from datetime import timedelta

from freezegun import freeze_time

from odoo import Command

from ..rules.escalation import Decision
from .call_case import utc
from .common import PURCHASE_DAY, KpbCase, at_noon


class TestEscalationChain(KpbCase):
    """S5: the hand-over chain exactly as written, with replies and with silence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kabeng = cls.make_member(cls.branch, "kabeng", groups="kpb_group_manager")
        cls.sister_kacab = cls.make_member(cls.sister, "kacab", groups="kpb_group_manager")
        cls.sister_kabeng = cls.make_member(cls.sister, "kabeng", groups="kpb_group_manager")
        cls.stations = (
            cls.pic_crm,
            cls.kacab,
            cls.sister_kacab,
            cls.sister_kabeng,
            cls.kabeng,
            cls.pic_crm,
        )

    def served_at_sister(self):
        """Return a call whose customer had KPB 1 done at the sister branch."""
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        self.generate(self.after(30))
        with at_noon(self.after(31)):
            self.env["kpb.visit"].create(
                {
                    "purchase_id": purchase.id,
                    "date": self.after(31),
                    "place": "sister",
                    "branch_id": self.sister.id,
                    "kpb_number": 1,
                }
            )
        followup = self.followup(purchase, "kpb1")
        self.assertEqual(followup.result, "served_sister")
        return followup

    def escalations(self, followup):
        return followup.escalation_ids.sorted("id")

    def test_six_stations_by_reply(self):
        followup = self.served_at_sister()
        self.run_cron("escalate", self.after(31))
        for number, person in enumerate(self.stations, 1):
            lines = self.escalations(followup)
            self.assertEqual(len(lines), number)
            self.assertEqual(lines[-1].user_id, person)
            self.assertEqual(lines[-1].state, "open")
            self.assertEqual(lines[-1].activity_ids.user_id, person)
            with at_noon(self.after(31)):
                lines[-1].with_user(person).reply(f"Belum selesai {number}", resolved=False)
        lines = self.escalations(followup)
        self.assertEqual(lines.mapped("user_id"), followup.env["res.users"].union(*self.stations))
        self.assertEqual(lines.mapped("state"), ["passed_on"] * 5 + ["concluded"])
        self.run_cron("escalate", self.after(60))
        self.assertEqual(self.escalations(followup), lines)

    def run_to_the_end(self, followup, day):
        """Let time pass, from one due day to the day after the next; return what was raised."""
        for _station in range(10):
            self.run_cron("escalate", day)
            waiting = self.escalations(followup).filtered(lambda line: line.state == "open")
            if not waiting:
                break
            with at_noon(waiting.due_on):
                in_time = waiting not in waiting._silent()
                self.assertTrue(in_time, "on its last day an answer is still in time")
            day = waiting.due_on + timedelta(days=1)
        return self.escalations(followup)

    def test_six_stations_by_silence(self):
        lines = self.run_to_the_end(self.served_at_sister(), self.after(31))
        self.assertEqual([line.user_id for line in lines], list(self.stations))
        self.assertEqual(lines.mapped("state"), ["silent"] * 5 + ["concluded"])
        self.assertFalse(lines.activity_ids)
        self.assertEqual(lines.mapped("due_on"), sorted(set(lines.mapped("due_on"))))

    def test_kacab_missing_at_either_side_is_passed_over(self):
        (self.kacab | self.sister_kacab).action_archive()
        lines = self.run_to_the_end(self.served_at_sister(), self.after(31))
        self.assertEqual(
            [line.user_id for line in lines],
            [self.pic_crm, self.sister_kabeng, self.kabeng, self.pic_crm],
        )
        self.assertIn("nobody fills it", lines[1].skipped_note)
        self.assertEqual(lines[1].skipped_note.count(";"), 1, "both Kacab are named")

    def test_one_person_with_two_roles_is_not_asked_twice_in_a_row(self):
        self.sister_kabeng.action_archive()
        self.add_member(self.sister, "kabeng", self.sister_kacab)
        lines = self.run_to_the_end(self.served_at_sister(), self.after(31))
        self.assertEqual(
            [line.user_id for line in lines],
            [self.pic_crm, self.kacab, self.sister_kacab, self.kabeng, self.pic_crm],
        )
        self.assertIn("just asked", lines[3].skipped_note)

    def test_nobody_at_all_is_said_and_tried_again(self):
        everybody = self.env["res.users"].union(*self.stations)
        followup = self.served_at_sister()
        everybody.action_archive()
        self.run_cron("escalate", self.after(31))
        self.assertFalse(followup.escalation_ids)
        self.assertIn("nobody left to ask", followup.escalation_stop)
        self.kabeng.action_unarchive()
        self.run_cron("escalate", self.after(32))
        self.assertEqual(followup.escalation_ids.user_id, self.kabeng)
        self.assertFalse(followup.escalation_stop)

    def test_solved_at_any_station_ends_the_chain_and_tells_the_caller(self):
        followup = self.served_at_sister()
        caller = followup.user_id
        self.assertTrue(caller)
        self.run_cron("escalate", self.after(31))
        with at_noon(self.after(31)):
            followup.escalation_ids.with_user(self.pic_crm).reply("Kacab saja", resolved=False)
            line = self.escalations(followup)[-1]
            line.with_user(self.kacab).reply("Sudah saya telepon", resolved=True)
        self.run_cron("escalate", self.after(60))
        self.assertEqual(self.escalations(followup).mapped("state"), ["passed_on", "resolved"])
        told = followup.message_ids[0]
        self.assertIn("Sudah saya telepon", told.body)
        self.assertEqual(told.partner_ids, caller.partner_id)
        self.assertNotIn(self.kacab.partner_id, followup.message_partner_ids)
        self.assertIn("Sudah saya telepon", followup.with_user(caller).escalation_conversation)

    def test_one_chunk_asks_each_by_his_branch_s_days_and_in_his_language(self):
        for lang in ("en_US", "id_ID"):
            self.env["res.lang"]._activate_lang(lang)
        self.sister.tz = "Asia/Jayapura"
        self.sister.resource_calendar_id = self.branch.resource_calendar_id.copy()
        self.kacab.lang, self.sister_kacab.lang = "en_US", "id_ID"
        rule = self.env["kpb.escalation.rule"].create(
            {
                "name": "Late call",
                "trigger": "overdue",
                "level_ids": [Command.create({"role_id": self.roles["kacab"].id})],
            }
        )
        rule.with_context(lang="id_ID").name = "Telepon terlambat"
        with at_noon(PURCHASE_DAY):
            units = [self.make_purchase(branch=branch) for branch in (self.branch, self.sister)]
        self.generate(self.after(30))
        own, sister = (self.followup(unit, "kpb1") for unit in units)
        tuesday, wednesday, thursday, friday = (self.after(days) for days in range(43, 47))
        for branch, holiday in ((self.branch, wednesday), (self.sister, thursday)):
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Libur",
                    "calendar_id": branch.resource_calendar_id.id,
                    "date_from": utc(holiday, 0, tz=branch.tz),
                    "date_to": utc(holiday, 23, 59, tz=branch.tz),
                }
            )
        station = rule.level_ids._as_rule()
        # half past one on Wednesday at the sister branch
        with freeze_time(utc(tuesday, 23, 30)):
            self.env["kpb.escalation"]._raise(
                rule,
                {
                    own: Decision(station, self.kacab.id),
                    sister: Decision(station, self.sister_kacab.id),
                },
            )
        for call, person, raised_on, due_on, name in (
            (own, self.kacab, tuesday, thursday, "Late call"),
            (sister, self.sister_kacab, wednesday, friday, "Telepon terlambat"),
        ):
            line = call.escalation_ids
            with self.subTest(branch=call.branch_id.name):
                self.assertEqual((line.user_id, line.branch_id), (person, call.branch_id))
                self.assertEqual((line.raised_on, line.due_on), (raised_on, due_on))
                activity = line.activity_ids
                self.assertEqual((activity.user_id, activity.date_deadline), (person, due_on))
                spoken = call.with_context(lang=person.lang)
                self.assertEqual(activity.summary, f"{name}: {spoken.display_name}")
