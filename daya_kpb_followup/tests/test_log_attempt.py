from datetime import timedelta
from itertools import product

from odoo.exceptions import AccessError

from ..rules.outcomes import OPEN_STATES, TABLE, Channel, Need, Outcome, Trigger, fitting
from ..rules.schedule import Kind
from .call_case import FRIDAY, NOW, TODAY, TOMORROW, TUESDAY, CallCase, utc

CODE_OF_KIND = {
    Kind.STNK: "stnk",
    Kind.KPB: "kpb2",
    Kind.REGULAR: "regular",
    Kind.RENEWAL: "renewal",
}
FIVE_ITEMS = {
    "street": "Jl. Cihampelas 1",
    "nik": "3273014105900001",
    "phone": "+628123456789",
    "birth_place": "Bandung",
    "birth_date": "1990-05-01",
}


class TestLogAttempt(CallCase):
    """P6, P9, S3: every answer leads somewhere, over the real models."""

    def test_every_outcome_of_every_kind_and_state(self):
        """What the rules decide is what stands in the database, once."""
        for kind, state, outcome in product(Kind, OPEN_STATES, Outcome):
            with self.subTest(kind=kind.value, state=state.value, outcome=outcome.value):
                call = self.make_call(CODE_OF_KIND[kind])
                call.partner_id.write(FIVE_ITEMS)
                if state == "appointment":
                    call._make_appointment(utc(FRIDAY, 9), False)
                if outcome not in fitting(kind, state):
                    self.assertRefused(
                        lambda call=call, outcome=outcome: self.log(call, outcome.value),
                        "does not fit",
                        call.display_name,
                        "No answer",
                    )
                    continue
                self.check(call, outcome, TABLE[kind, state][outcome])

    def check(self, call, outcome, transition):
        details = {}
        if Need.APPOINTMENT in transition.needs:
            details["appointment_at"] = utc(TUESDAY, 10)
        if Need.CALL_BACK_DAY in transition.needs:
            details["call_back_on"] = TOMORROW
        attempt = self.log(call, outcome.value, note="Kata konsumen", **details)
        self.assertEqual(attempt.outcome, outcome.value)
        self.assertEqual((attempt.user_id, attempt.channel), (call.user_id, "phone"))
        self.assertEqual(attempt.unsuccessful, transition.unsuccessful)
        self.assertEqual((call.attempt_count, call.last_outcome), (1, outcome.value))
        if transition.state in OPEN_STATES:
            self.assertNext(call, transition.state.value, call.deadline)
            self.assertGreaterEqual(call.deadline, TODAY)
        else:
            self.assertEnded(call, transition.state.value, transition.result.value)
        visits = call.purchase_id.visit_ids
        self.assertEqual(len(visits), int(Trigger.VISIT in transition.triggers))
        lead = call.purchase_id.lead_id
        self.assertEqual(len(lead), int(Trigger.OPPORTUNITY in transition.triggers))

    def test_unknown_words_and_closed_calls(self):
        call = self.make_call("kpb1")
        for wrong in ("menolak", "", None, [], {}, 7, True):
            self.assertRefused(lambda wrong=wrong: self.log(call, wrong), "Outcome", "no_answer")
        for wrong in ("fax", "", None, []):
            self.assertRefused(
                lambda wrong=wrong: self.log(call, "no_answer", channel=wrong), "Channel", "phone"
            )
        self.log(call, "refused", note="Tidak mau")
        for outcome in Outcome:
            self.assertRefused(
                lambda outcome=outcome: self.log(call, outcome.value, user=self.kacab),
                "closed",
                "Refused",
                self.admin_crm.name,
                call.display_name,
            )

    def test_a_call_closed_by_a_visit_says_so(self):
        call = self.make_call("kpb1")
        self.log(call, "no_answer")
        self.env["kpb.visit"].create({"purchase_id": call.purchase_id.id, "kpb_number": 1})
        self.assertRefused(lambda: self.log(call, "no_answer"), "Came to the branch")

    def test_every_channel(self):
        for channel in Channel:
            attempt = self.log(self.make_call("kpb1"), "no_answer", channel=channel.value)
            self.assertEqual(attempt.channel, channel.value)

    # the next try
    def test_next_try_on_a_working_day(self):
        for outcome, moment, expected in (
            ("no_answer", NOW, TOMORROW),
            ("unreachable", NOW, FRIDAY),
            ("wrong_number", NOW, TOMORROW),
            # Friday: the weekend and the holiday on Monday are skipped
            ("no_answer", NOW + timedelta(days=2), TUESDAY),
            ("unreachable", NOW + timedelta(days=2), TUESDAY),
            # eleven at night in UTC is Thursday morning at the branch
            ("no_answer", NOW.replace(hour=23), FRIDAY),
        ):
            with self.subTest(outcome=outcome, moment=moment):
                self.go_to(moment)
                call = self.make_call("kpb1")
                self.log(call, outcome)
                self.assertNext(call, "todo", expected)

    def test_days_and_limit_of_the_milestone(self):
        call = self.make_call("kpb1")
        call.milestone_id.write({"attempt_limit": 2, "retry_no_answer_days": 6})
        self.log(call, "no_answer")
        self.assertNext(call, "todo", TUESDAY)  # the sixth day is the Tuesday after the holiday
        self.log(call, "no_answer")
        self.assertEnded(call, "failed", "exhausted")

    def test_given_up_after_five_tries(self):
        call = self.make_call("kpb1")
        for number in range(1, 5):
            self.log(call, ["no_answer", "unreachable"][number % 2])
            self.assertEqual((call.state, call.unsuccessful_count), ("todo", number))
        self.log(call, "call_back", call_back_on=TODAY)  # was reached: does not count
        self.assertEqual((call.state, call.unsuccessful_count), ("todo", 4))
        self.log(call, "unreachable")
        self.assertEnded(call, "failed", "exhausted")
        self.assertEqual((call.attempt_count, call.unsuccessful_count), (6, 5))
        self.assertRefused(lambda: self.log(call, "no_answer"), "Attempts exhausted")

    def test_an_unanswered_confirmation_keeps_the_appointment(self):
        call = self.make_call("kpb1")
        for _try in range(4):
            self.log(call, "no_answer")
        self.log(call, "will_come", appointment_at=utc(TUESDAY, 10))
        for _try in range(6):
            self.log(call, "no_answer")
            self.assertNext(call, "appointment", TOMORROW)
        self.assertEqual(call.unsuccessful_count, 4)

    def test_last_outcome_is_the_latest_also_when_the_list_is_loaded(self):
        call = self.make_call("kpb1")
        for outcome in ("no_answer", "unreachable", "no_answer", "wrong_number"):
            self.assertIn(len(call.attempt_ids), range(4))
            self.log(call, outcome)
            self.assertEqual(call.last_outcome, outcome)

    # what is set off
    def test_call_back(self):
        call = self.make_call("kpb1")
        for wrong, words in (
            (None, "enter the day"),
            ("", "enter the day"),
            ("besok", "not a date"),
            (20260814, "not a date"),
            (TODAY - timedelta(days=1), "has passed"),
            ("2062-08-14", "more than a year ahead"),
        ):
            self.assertRefused(
                lambda wrong=wrong: self.log(call, "call_back", call_back_on=wrong),
                "Call back on",
                words,
            )
        for right in (TODAY, "2026-08-13", FRIDAY + timedelta(days=1)):
            self.log(call, "call_back", call_back_on=right)
            self.assertEqual(str(call.deadline), str(right))
            self.assertNext(call, "todo", call.deadline)

    def test_call_back_gives_an_appointment_up(self):
        call = self.make_call("kpb1")
        self.log(call, "will_come", appointment_at=utc(TUESDAY, 10))
        self.log(call, "call_back", call_back_on=FRIDAY)
        self.assertNext(call, "todo", FRIDAY)
        self.assertFalse(call.appointment_at)

    def test_wrong_number_gives_one_task(self):
        call = self.make_call("kpb1")
        self.log(call, "wrong_number")
        self.log(call, "wrong_number")
        task = call.purchase_id.activity_ids
        self.assertEqual(len(task), 1)
        self.assertEqual(task.user_id, self.sales_admin)
        self.assertNext(call, "todo", TOMORROW)

    def test_stnk(self):
        call = self.make_call("stnk", user=self.sales)
        self.log(call, "stnk_not_ready")
        self.log(call, "stnk_not_ready")
        task = call.purchase_id.activity_ids
        self.assertEqual((len(task), task.user_id), (1, self.admin_stnk))
        self.assertNext(call, "todo", TUESDAY)  # three days on is Saturday
        self.log(call, "picked_up")
        self.assertEnded(call, "done", "picked_up")
        self.assertEqual(call.purchase_id.stnk_state, "collected")

    def test_serviced_already(self):
        for outcome, place, result, branch in (
            ("served_own", "own", "came", self.branch),
            ("served_sister", "sister", "served_sister", None),
            ("served_elsewhere", "elsewhere", "served_elsewhere", None),
        ):
            with self.subTest(outcome=outcome):
                call = self.make_call("kpb2")
                self.log(call, outcome, note="Bengkel Maju")
                visit = call.purchase_id.visit_ids
                self.assertEqual((visit.place, visit.kpb_number), (place, 2))
                self.assertEqual(visit.branch_id, branch or self.env["kpb.branch"])
                self.assertEqual(visit.dealer_name or "", "Bengkel Maju" * (place == "elsewhere"))
                self.assertEqual((visit.date, call.visit_id), (TODAY, visit))
                self.assertEnded(call, "done", result)

    def test_a_service_that_is_recorded_already_is_not_recorded_twice(self):
        purchase = self.make_purchase()
        visit = self.env["kpb.visit"].create(
            {"purchase_id": purchase.id, "kpb_number": 2, "place": "sister"}
        )
        call = self.make_call("kpb2", purchase)
        self.log(call, "served_own")
        self.assertEqual(purchase.visit_ids, visit)
        self.assertEnded(call, "done", "served_sister")

    def test_unit_sold_ends_every_call(self):
        call = self.make_call("kpb3")
        other = self.make_call("kpb4", call.purchase_id)
        self.log(call, "unit_sold", note="Dijual ke tetangga")
        self.assertEnded(call, "cancelled", "unit_sold")
        self.assertEnded(other, "cancelled", "unit_sold")
        self.assertEqual(call.purchase_id.status, "stopped")
        self.assertFalse(call.purchase_id.next_followup_date)

    # the offer
    def test_interested_asks_for_five_items(self):
        call = self.make_call("renewal", user=self.sales)
        self.assertRefused(
            lambda: self.log(call, "interested"),
            "Address, KTP Number, Phone, Place and Date of Birth",
        )
        call.partner_id.write({**FIVE_ITEMS, "birth_place": False})
        self.assertRefused(lambda: self.log(call, "interested"), "enter: Place and Date of Birth.")

    def test_interested_makes_one_opportunity(self):
        call = self.make_call("renewal", user=self.sales)
        call.partner_id.write(FIVE_ITEMS)
        leads = self.env["crm.lead"].search_count([])
        self.log(call, "interested", note="Mau <PCX> & warna merah")
        lead = call.purchase_id.lead_id
        self.assertEqual(self.env["crm.lead"].search_count([]), leads + 1)
        self.assertEqual((lead.type, lead.user_id), ("opportunity", self.sales))
        self.assertEqual(lead.partner_id, call.partner_id)
        self.assertIn("Mau &lt;PCX&gt; &amp; warna merah", lead.description)
        self.assertEqual(call.purchase_id.status, "prospect")
        self.assertEnded(call, "done", "interested")
        self.assertRefused(lambda: self.log(call, "interested"), "closed")
        call.purchase_id._open_opportunity("lagi")
        self.assertEqual(self.env["crm.lead"].search_count([]), leads + 1)

    def test_not_interested_stops(self):
        purchase = self.make_purchase()
        call = self.make_call("renewal", purchase, user=self.sales)
        other = self.make_call("regular", purchase, occurrence=8)
        self.log(call, "not_interested")
        self.assertEnded(call, "done", "not_interested")
        self.assertEnded(other, "cancelled", "not_interested")
        self.assertEqual(purchase.status, "stopped")
        before = len(purchase.followup_ids)
        self.generate()
        self.go_to(NOW + timedelta(days=900))
        self.generate()
        self.assertEqual(len(purchase.followup_ids), before)

    # who
    def test_colleagues_may_log_and_strangers_may_not(self):
        call = self.make_call("kpb1")
        self.log(call, "no_answer", user=self.kacab)
        self.assertEqual(call.attempt_ids.user_id, self.kacab)
        self.assertNext(call, "todo", TOMORROW)
        self.assertEqual(call.user_id, self.admin_crm)
        self.assertRefused(
            lambda: self.log(call, "no_answer", user=self.sister_admin), error=AccessError
        )

    def test_nobody_writes_where_a_call_stands(self):
        call = self.make_call("kpb1")
        for user in (self.admin_crm, self.kacab, self.env.ref("base.user_admin")):
            for vals in (
                {"state": "done"},
                {"result": "came"},
                {"deadline": "2030-01-01"},
                {"user_id": user.id},
                {"appointment_at": NOW, "state": "appointment"},
            ):
                self.assertRefused(
                    lambda vals=vals, user=user: call.with_user(user).write(vals),
                    "Log a result instead",
                )

    # two at once
    def test_whoever_looks_at_an_old_screen_is_told_the_news(self):
        call = self.make_call("kpb1")
        old_screen = call.with_user(self.kacab).with_context(kpb_seen_attempts=0)
        self.log(call, "no_answer")
        self.assertRefused(
            lambda: old_screen.log_attempt("no_answer"),
            "Meanwhile",
            "No answer",
            self.admin_crm.name,
        )
        old_screen.with_context(kpb_seen_attempts=1).log_attempt("unreachable")
        self.assertRefused(
            lambda: old_screen.with_context(kpb_seen_attempts=1).log_attempt("no_answer"),
            "Phone off or out of reach",
            self.kacab.name,
        )
        self.assertEqual(call.attempt_count, 2)
