from datetime import datetime

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError

from .common import PURCHASE_DAY, KpbCase, at_noon

#: Last day of the last coupon, grace included, and the first day after it.
END, OVER = 375, 376


class TestStanding(KpbCase):
    """S3, decisions 5-7: at risk, LOST with evidence, LOST by hand, and back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unit = cls.make_purchase()
        cls.unhappy = cls.env.ref("daya_kpb_followup.kpb_lost_reason_unhappy")

    def visit(self, days, place="elsewhere", told_on=None, unit=None, **vals):
        """Record a visit of a day, as the branch's Admin CRM, on that day or on a later one."""
        with at_noon(self.after(told_on or days)):
            return (
                self.env["kpb.visit"]
                .with_user(self.admin_crm)
                .create(
                    {
                        "purchase_id": (unit or self.unit).id,
                        "date": self.after(days),
                        "place": place,
                        "branch_id": self.sister.id if place == "sister" else False,
                        "dealer_name": "Bengkel Maju" if place == "elsewhere" else False,
                        **vals,
                    }
                )
            )

    def lifecycle(self, days):
        """Run the daily life cycle of a day."""
        self.run_cron("lifecycle", self.after(days))

    def set_lost(self, days, user=None, unit=None):
        """Set LOST by hand, on a day."""
        with at_noon(self.after(days)):
            (unit or self.unit).with_user(user or self.kacab).action_set_lost(
                self.unhappy.id, "Antrean terlalu lama"
            )

    def stage(self):
        """Return the xml id of the unit's stage."""
        return self.unit.stage_id.get_external_id()[self.unit.stage_id.id].rpartition("_")[2]

    def told(self):
        """Return what the log of the unit says, newest first."""
        return " ".join(self.unit.message_ids.mapped("body"))

    # by evidence
    def test_a_service_outside_puts_the_customer_at_risk(self):
        visit = self.visit(100)
        self.assertEqual((self.unit.status, self.unit.evidence_ids), ("at_risk", visit))
        self.assertFalse(self.unit.lost_date)
        self.assertTrue(self.unit.next_followup_date, "calls go on")

    def test_lost_on_the_day_after_the_last_coupon_with_reason_date_and_evidence(self):
        self.generate(self.after(330))
        call = self.followup(self.unit, "kpb4")
        self.visit(340)
        self.lifecycle(END)
        self.assertEqual((self.unit.status, call.state), ("at_risk", "todo"))
        self.lifecycle(OVER)
        unit = self.unit
        self.assertEqual((unit.status, unit.lost_date), ("lost", self.after(OVER)))
        self.assertEqual(
            unit.lost_reason_id, self.env.ref("daya_kpb_followup.kpb_lost_reason_elsewhere")
        )
        for words in ("02/2026", "Bengkel Maju", self.admin_crm.name):
            self.assertIn(words, unit.lost_note)
        self.assertEqual(self.stage(), "lost")
        self.assertFalse(unit.next_followup_date)
        self.assertEqual((call.state, call.result), ("cancelled", "lost"))
        self.assertEqual(call.result_note, unit.lost_reason_id.name)
        self.assertFalse(call.activity_ids)

    def test_no_call_that_is_too_late_is_overlooked(self):
        for number, prefix in enumerate(("JB01", "JB81", "JFB1"), 1):
            self.make_purchase(engine_number=f"{prefix}E{number:07d}")
        followups = self.env["kpb.followup"]
        for days in (30, 90, 210, 330):
            self.generate(self.after(days))
        calls = followups.search([("milestone_id.kind", "!=", "stnk")])
        seen = set()
        for days in range(60, 420, 5):
            with at_noon(self.after(days)):
                latest = max(self.env["kpb.branch"]._todays().values())
                late = calls._too_late()
                found = calls.filtered_domain(followups._perhaps_too_late_domain(latest))
            self.assertFalse(late - found, days)
            seen.add(len(late))
        self.assertGreater(len(seen), 4)

    def test_what_is_lost_stays_lost_however_often_the_job_runs(self):
        self.visit(100)
        self.lifecycle(OVER)
        before = self.unit.write_date, self.told()
        self.lifecycle(OVER + 1)
        self.lifecycle(OVER + 100)
        self.assertEqual((self.unit.write_date, self.told()), before)

    def test_a_run_missed_for_weeks_gives_the_same_date(self):
        self.visit(100)
        self.lifecycle(OVER + 40)
        self.assertEqual(self.unit.lost_date, self.after(OVER))

    def test_a_sister_branch_is_not_outside(self):
        self.visit(100, "sister")
        self.lifecycle(OVER)
        self.assertEqual(self.unit.status, "active")

    def test_by_the_customers_word_on_the_phone(self):
        self.generate(self.after(90))
        with at_noon(self.after(91)):
            self.followup(self.unit, "kpb2").with_user(self.admin_crm).log_attempt(
                "served_elsewhere", note="AHASS Jaya"
            )
        self.assertEqual(self.unit.status, "at_risk")
        self.lifecycle(OVER)
        self.assertIn("AHASS Jaya", self.unit.lost_note)

    def test_the_last_evening_by_the_clock_of_each_branch(self):
        """At 23:30 in Jakarta it is tomorrow in Makassar, and only there the period is over."""
        self.sister.tz = "Asia/Makassar"
        east = self.make_purchase(branch=self.sister)
        self.visit(100)
        with at_noon(self.after(100)):
            self.env["kpb.visit"].create(
                {
                    "purchase_id": east.id,
                    "date": self.after(100),
                    "place": "elsewhere",
                    "dealer_name": "Bengkel Maju",
                }
            )
        day = self.after(END)
        with freeze_time(datetime(day.year, day.month, day.day, 16, 30), tick=True):
            self.run_cron("lifecycle")
        self.assertEqual((self.unit.status, east.status), ("at_risk", "lost"))

    # back
    def test_a_group_visit_before_the_end_ends_the_risk(self):
        self.visit(100)
        self.visit(200, "sister", kpb_number=3)
        self.assertEqual((self.unit.status, self.unit.lifecycle_date), ("active", False))
        self.assertIn("No longer at risk", self.told())
        self.lifecycle(OVER)
        self.assertEqual(self.unit.status, "active")

    def test_a_group_visit_brings_a_lost_customer_back_to_where_the_calendar_says(self):
        self.visit(100)
        self.lifecycle(OVER)
        self.visit(500, "own")
        unit = self.unit
        self.assertEqual(unit.status, "active")
        self.assertFalse(unit.lost_date or unit.lost_reason_id or unit.lost_note)
        self.assertEqual(self.stage(), "regular")
        self.assertEqual(unit.next_milestone_id.code, "regular")
        self.assertGreater(unit.next_followup_date, self.after(430))
        self.assertIn("Back: serviced in the group again", self.told())

    def test_what_lapsed_while_nobody_was_to_call_is_no_failure_however_often_it_is_counted(self):
        self.visit(100)
        self.lifecycle(OVER)
        self.visit(500, "own")
        self.env["kpb.purchase"]._look_again_at_units_of(self.sop)
        self.lifecycle(501)
        self.generate(self.after(520))
        self.assertEqual(
            [
                (call.milestone_code, call.occurrence, call.result)
                for call in self.unit.followup_ids
            ],
            [("regular", 2, "came")],
        )

    def test_the_day_of_the_return_counts_where_it_is_later_than_the_go_live(self):
        self.set_lost(40)
        with at_noon(self.after(100)):
            self.unit.with_user(self.kacab).action_reopen()
        self.assertEqual(self.unit.calls_from, self.after(100))
        self.assertEqual(self.unit._answers_from(), self.after(100))
        self.branch.go_live_date = self.after(200)
        self.assertEqual(self.unit._answers_from(), self.after(200))
        self.generate(self.after(400))
        self.assertEqual(
            [call.milestone_code for call in self.unit.followup_ids.sorted("planned_date")],
            ["kpb3", "kpb4"],
        )

    def test_a_group_visit_told_late_brings_back_whom_it_should_have_saved(self):
        self.visit(100)
        self.lifecycle(OVER)
        self.visit(300, "sister", told_on=400)
        self.assertEqual(self.unit.status, "active")

    def test_a_group_visit_before_the_evidence_does_not_bring_back(self):
        self.visit(100)
        self.lifecycle(OVER)
        self.visit(90, "own", told_on=400)
        self.assertEqual(self.unit.status, "lost")

    def test_a_wrong_visit_corrected_by_an_administrator_takes_lost_back(self):
        visit = self.visit(100)
        self.lifecycle(OVER)
        with at_noon(self.after(400)):
            self.env["kpb.visit"].browse(visit.id).write(
                {"place": "sister", "branch_id": self.sister.id}
            )
        self.assertEqual(self.unit.status, "active")
        self.assertIn("nothing on record", self.told())

    def test_the_calls_that_lost_had_cancelled_open_again_while_they_are_useful(self):
        self.generate(self.after(330))
        call = self.followup(self.unit, "kpb4")
        self.set_lost(335)
        self.assertEqual(call.state, "cancelled")
        self.visit(340, "own")
        self.assertOneCall(call, self.admin_crm, self.after(340))
        self.assertEqual(self.stage(), "kpb4")

    def test_a_corrected_purchase_date_moves_the_end_of_the_period(self):
        self.visit(100)
        self.lifecycle(OVER)
        with at_noon(self.after(OVER)):
            self.unit.purchase_date = self.after(50)
        self.assertEqual(self.unit.status, "at_risk")

    # by hand
    def test_by_hand_with_a_reason(self):
        self.generate(self.after(30))
        self.set_lost(40)
        unit = self.unit
        self.assertEqual((unit.status, unit.lost_date), ("lost", self.after(40)))
        self.assertEqual((unit.lost_reason_id, unit.lost_by_hand), (self.unhappy, True))
        self.assertEqual(unit.lost_note, "Antrean terlalu lama")
        self.assertEqual(self.stage(), "lost")
        self.assertFalse(self.followup(unit, "kpb1").activity_ids)
        self.assertEqual(
            set(unit.followup_ids.mapped("result")) - {False}, {"lost"}, "and nothing is open"
        )

    def test_what_a_person_decided_holds_until_a_later_group_visit(self):
        self.set_lost(40)
        self.visit(30, "own", told_on=45)
        self.visit(50)
        self.lifecycle(60)
        self.assertEqual(self.unit.status, "lost")
        self.visit(60, "own")
        self.assertEqual(self.unit.status, "active")

    def test_by_hand_is_refused_without_reason_twice_or_by_strangers(self):
        unit = self.unit.with_user(self.kacab)
        for reason in (False, 0, 10**9):
            with self.assertRaisesRegex(UserError, "Reason for LOST"):
                unit.action_set_lost(reason)
        self.set_lost(40)
        with self.assertRaisesRegex(UserError, "already"):
            unit.action_set_lost(self.unhappy.id)
        with self.assertRaises(AccessError):
            self.unit.with_user(self.sister_admin).action_set_lost(self.unhappy.id)

    def test_nobody_writes_where_a_unit_stands(self):
        lost = self.env.ref("daya_kpb_followup.kpb_stage_lost")
        for vals in ({"stage_id": lost.id}, {"status": "lost"}, {"next_followup_date": False}):
            with (
                self.subTest(vals=vals),
                self.assertRaisesRegex(UserError, "stage follows from the facts"),
            ):
                self.unit.with_user(self.kacab).write(vals)

    def test_the_reasons_that_the_life_cycle_sets_are_archived_not_deleted(self):
        shipped = self.env.ref("daya_kpb_followup.kpb_lost_reason_elsewhere")
        for reasons in (shipped, self.unhappy | shipped):
            with self.assertRaisesRegex(UserError, "Archive it instead"):
                reasons.unlink()
        shipped.active = False
        self.visit(100)
        self.lifecycle(OVER)
        self.assertEqual(self.unit.lost_reason_id, shipped)
        own = self.env["kpb.lost.reason"].create({"name": "Pindah ke luar pulau"})
        own.unlink()
        self.assertFalse(own.exists())

    # reopened
    def test_a_stopped_unit_is_reopened(self):
        self.generate(self.after(30))
        with at_noon(self.after(31)):
            self.followup(self.unit, "kpb1").with_user(self.sales).log_attempt("unit_sold")
        self.assertEqual((self.unit.status, self.stage()), ("stopped", "stopped"))
        self.assertFalse(self.unit.next_followup_date)
        with at_noon(self.after(35)):
            self.unit.with_user(self.kacab).action_reopen()
        self.assertEqual(self.unit.status, "active")
        self.assertOneCall(self.followup(self.unit, "kpb1"), self.sales, self.after(35))
        self.assertIn("Reopened", self.told())

    def test_a_lost_unit_that_a_person_reopened_is_not_lost_again_for_the_same_evidence(self):
        self.visit(100)
        self.lifecycle(OVER)
        with at_noon(self.after(400)):
            self.unit.with_user(self.kacab).action_reopen()
        self.sop.lost_without_visit = True
        self.lifecycle(401)
        self.assertEqual(self.unit.status, "active")
        self.visit(410)
        self.assertEqual(self.unit.status, "lost")

    def test_an_offer_that_lost_had_cancelled_is_made_again_while_it_is_useful(self):
        unit = self.make_purchase(PURCHASE_DAY - relativedelta(months=36))
        self.generate(self.after(0))
        offer = self.followup(unit, "renewal")
        self.assertEqual(offer.state, "todo")
        self.set_lost(5, unit=unit)
        self.assertEqual((offer.state, offer.result), ("cancelled", "lost"))
        self.visit(10, "own", unit=unit)
        self.assertEqual(offer.state, "todo")
        self.set_lost(20, unit=unit)
        self.visit(61, "own", unit=unit)
        self.assertEqual((unit.status, offer.state), ("active", "cancelled"), "too late by then")

    def test_only_what_was_given_up_is_reopened(self):
        with self.assertRaisesRegex(UserError, "nothing to reopen"):
            self.unit.with_user(self.kacab).action_reopen()

    # the option
    def test_never_came_is_lost_where_the_schedule_says_so(self):
        came = self.make_purchase()
        self.visit(100, "own", unit=came)
        self.sop.lost_without_visit = True
        with at_noon(self.after(1)):
            new = self.make_purchase()
        self.lifecycle(END)
        self.assertEqual(set((self.unit + came + new).mapped("status")), {"active"})
        self.lifecycle(OVER)
        self.assertEqual(
            [unit.status for unit in self.unit + came + new], ["lost", "active", "lost"]
        )
        self.assertEqual(
            self.unit.lost_reason_id, self.env.ref("daya_kpb_followup.kpb_lost_reason_no_visit")
        )
        self.sop.lost_without_visit = False
        self.lifecycle(OVER + 1)
        self.assertEqual(self.unit.status, "active", "the option is off again")

    def test_never_came_is_not_lost_by_default(self):
        self.lifecycle(OVER)
        self.assertEqual(self.unit.status, "active")

    # calls nobody made
    def test_a_call_ends_when_its_coupon_has_ended(self):
        self.generate(self.after(90))
        call = self.followup(self.unit, "kpb2")
        self.lifecycle(135)
        self.assertEqual(call.state, "todo")
        self.lifecycle(136)
        self.assertEqual((call.state, call.result), ("failed", "expired"))

    def test_a_day_that_the_customer_named_is_kept(self):
        self.generate(self.after(90))
        call = self.followup(self.unit, "kpb2")
        with at_noon(self.after(130)):
            call.with_user(self.admin_crm).log_attempt("call_back", call_back_on=self.after(141))
        self.lifecycle(136)
        self.assertEqual(call.state, "todo")
        self.lifecycle(142)
        self.assertEqual(call.state, "failed")
