from collections import Counter
from datetime import timedelta

from .common import PURCHASE_DAY, at_noon
from .test_absence import AbsenceCase


class TestHandOverCap(AbsenceCase):
    """Whoever takes calls over gets no more a day than the cap, as long as they are useful."""

    def setUp(self):
        super().setUp()
        self.theirs = self.make_calls(2)
        self.day = self.theirs[0].deadline
        self.colleague = self.make_member(self.branch, "admin_crm_h2", login="kpb_cap_colleague")
        self.own = self.make_calls(2)
        self.assertEqual(self.own.user_id, self.colleague)
        self.branch.daily_cap = 2

    def assertWithinCap(self, calls, *owners):
        """All calls are open and wanted; nobody has more than the cap on any day."""
        self.assertWith(calls, *owners)
        places = Counter((call.user_id, call.deadline) for call in calls)
        self.assertLessEqual(max(places.values()), 2)
        for call in calls:
            self.assertLessEqual(call.deadline, call._useful_until()[call])
            self.assertEqual(call.deadline, self.branch._working_day(call.deadline))

    def test_archived(self):
        more = self.make_calls(6)
        more.write({"user_id": self.admin_crm.id, "deadline": self.day})
        more._project_activities()
        self.admin_crm.action_archive()
        self.reconcile(90)
        calls = self.theirs | self.own | more
        self.assertWithinCap(calls, self.colleague)
        self.assertEqual(set(self.own.mapped("deadline")), {self.day}, "his own stay")
        self.assertEqual(set((self.theirs | more).mapped("levelled_from")), {self.day})

    def test_what_must_be_made_first_keeps_its_day(self):
        patient, urgent = self.theirs
        patient.purchase_id.engine_number = "MC41E0000001"
        self.assertGreater(patient._useful_until()[patient], urgent._useful_until()[urgent])
        self.own.deadline = self.branch._working_days_ahead(self.day, 1)
        self.branch.daily_cap = 1
        self.admin_crm.action_archive()
        self.reconcile(90)
        self.assertEqual(urgent.deadline, self.day)
        self.assertGreater(patient.deadline, self.own[0].deadline)

    def test_late_calls_count_for_today(self):
        self.admin_crm.action_archive()
        self.reconcile(92)
        with at_noon(self.after(92)):
            days = Counter(max(call.deadline, self.after(92)) for call in self.theirs | self.own)
        self.assertEqual(set(days.values()), {2})
        self.assertEqual(set(self.own.mapped("deadline")), {self.day})

    def test_an_appointment_keeps_its_day(self):
        call = self.theirs[0]
        with at_noon(self.after(90)):
            call.with_user(self.admin_crm).log_attempt(
                "will_come", appointment_at=f"{self.after(91)} 03:00:00"
            )
        day = call.deadline
        self.own.deadline = day
        self.admin_crm.action_archive()
        self.reconcile(90)
        self.assertEqual((call.deadline, call.user_id), (day, self.colleague))

    def test_what_cannot_wait_stays(self):
        sold = self.day - timedelta(days=135)  # so that the coupon ends on the day of the call
        self.env.cr.execute(
            "UPDATE kpb_purchase SET purchase_date = %s WHERE id IN %s",
            [sold, self.theirs.purchase_id._ids],
        )
        self.theirs.purchase_id.invalidate_recordset()
        self.assertEqual(set(self.theirs._useful_until().values()), {self.day})
        self.admin_crm.action_archive()
        self.reconcile(90)
        self.assertEqual(set(self.theirs.mapped("deadline")), {self.day})
        self.assertEqual(self.theirs.user_id, self.colleague)

    def test_given_to_one_person(self):
        with at_noon(self.after(90)):
            dialog = self.dialog(to="person", user_id=self.colleague.id)
            words = dialog.action_apply()["params"]["message"]
        self.assertWithinCap(self.theirs | self.own, self.colleague)
        self.assertIn("2 of them", words)
        bodies = " ".join(self.theirs.message_ids.mapped("body"))
        self.assertIn(f"Moved to {self.theirs[0].deadline}", bodies)

    def test_moved_to_one_day(self):
        with at_noon(self.after(90)):
            self.dialog(to="person", user_id=self.colleague.id, day=self.after(95)).action_apply()
            self.dialog(
                calls=self.own, to="person", user_id=self.colleague.id, day=self.after(95)
            ).action_apply()
        self.assertWithinCap(self.theirs | self.own, self.colleague)
        self.assertEqual(min((self.theirs | self.own).mapped("deadline")), self.after(95))

    def dialog(self, calls=None, **vals):
        calls = self.theirs if calls is None else calls
        return (
            self.env["kpb.reassign"]
            .with_user(self.kacab)
            .with_context(active_model="kpb.followup", active_ids=calls.ids)
            .create({"reason": "Pelatihan", **vals})
        )

    def test_merged(self):
        (self.branch | self.sister).daily_cap = 2
        with at_noon(self.after(90)):
            self.branch._merge_into(self.sister, with_members=False)
        self.reconcile(90)
        self.assertWithinCap(self.theirs | self.own, self.sister_admin)

    # as many queries for fifty as for five
    def queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def units(self, count):
        with at_noon(PURCHASE_DAY):
            units = self.env["kpb.purchase"].union(
                *(self.make_purchase() for _number in range(count))
            )
        self.generate(self.after(90))
        return units

    def calls_of(self, units):
        return self.env["kpb.followup"].search([("purchase_id", "in", units.ids)])

    def test_counting_days_anew_takes_no_query_per_call(self):
        few, many = self.units(5), self.units(50)
        with at_noon(self.after(91)):
            counts = [self.queries(self.calls_of(units)._replan) for units in (few, many)]
        self.assertLess(counts[1], counts[0] + 10, counts)

    def test_moving_units_takes_no_query_per_call(self):
        few, many = self.units(5), self.units(50)
        self.branch._merge_into(self.sister, with_members=True)
        engine = self.env["kpb.branch"].with_context(tracking_disable=True)
        with at_noon(self.after(91)):
            counts = [
                self.queries(lambda units=units: engine._move_units(units.browse(units.ids)))
                for units in (few, many)
            ]
        self.assertLess(counts[1], counts[0] + 10, counts)
        self.assertEqual(many.followup_ids.branch_id, self.sister)
