from collections import Counter
from datetime import timedelta

from .common import PURCHASE_DAY, KpbCase, at_noon


class TestLoadLevelling(KpbCase):
    """A person gets so many calls a day; the rest moves on while it is useful, and says so."""

    def units(self, count, **vals):
        with at_noon(PURCHASE_DAY):
            return self.env["kpb.purchase"].union(
                *(self.make_purchase(**vals) for _number in range(count))
            )

    def calls(self, units, code="kpb2"):
        return units.followup_ids.filtered(lambda call: call.milestone_code == code)

    def test_without_a_cap_every_call_has_its_own_day(self):
        units = self.units(5)
        self.generate(self.after(90))
        calls = self.calls(units)
        self.assertEqual(len(set(calls.mapped("deadline"))), 1)
        self.assertFalse(any(calls.mapped("levelled_from")))

    def test_the_overflow_goes_to_the_next_working_days(self):
        self.branch.daily_cap = 2
        units = self.units(5)
        self.generate(self.after(90))
        calls = self.calls(units)
        first = min(calls.mapped("deadline"))
        second = self.branch._working_days_ahead(first, 1)
        third = self.branch._working_days_ahead(first, 2)
        self.assertEqual(Counter(calls.mapped("deadline")), {first: 2, second: 2, third: 1})
        for call in calls:
            moved = call.deadline != first
            self.assertEqual(call.levelled_from, first if moved else False)
            self.assertEqual(call.first_deadline, first, "the procedure's day stays on record")
            self.assertEqual(call.activity_ids.date_deadline, call.deadline)

    def test_calls_that_are_there_already_take_their_places(self):
        self.branch.daily_cap = 2
        before = self.units(2)
        self.generate(self.after(90))
        day = self.calls(before)[0].deadline
        later = self.units(1)
        self.generate(self.after(90))
        self.assertEqual(self.calls(later).deadline, self.branch._working_days_ahead(day, 1))

    def test_two_people_take_twice_as_many(self):
        self.branch.daily_cap = 2
        self.make_member(self.branch, "admin_crm_h2")
        calls = self.units(4)
        self.generate(self.after(90))
        calls = self.calls(calls)
        self.assertEqual(len(set(calls.mapped("deadline"))), 1)
        self.assertEqual(set(Counter(call.user_id for call in calls).values()), {2})

    def test_nothing_is_put_off_beyond_its_use(self):
        self.branch.daily_cap = 1
        # called as late as it makes sense: the coupon of KPB 2 ends some days later
        units = self.units(60)
        self.generate(self.after(90))
        calls = self.calls(units)
        last = min(filter(None, calls.mapped("coupon_end")))
        self.assertLessEqual(max(calls.mapped("deadline")), last)
        self.assertEqual(set(calls.mapped("state")), {"todo"}, "none is given up")
        for call in calls:
            self.assertEqual(call.deadline, self.branch._working_day(call.deadline))

    def test_the_same_person_calls_a_customer_again(self):
        colleagues = self.admin_crm | self.make_member(self.branch, "admin_crm_h2")
        units = self.units(6)
        self.generate(self.after(90))
        first = {call.purchase_id: call.user_id for call in self.calls(units)}
        self.assertEqual(set(first.values()), set(colleagues))
        for call in self.calls(units):
            with at_noon(self.after(91)):
                call.with_user(call.user_id).log_attempt("no_answer")
        self.generate(self.after(210))
        again = {call.purchase_id: call.user_id for call in self.calls(units, "kpb3")}
        self.assertEqual(again, first)

    def test_a_customer_s_caller_who_is_away_is_replaced(self):
        second = self.make_member(self.branch, "admin_crm_h2")
        unit = self.units(1)
        self.generate(self.after(90))
        caller = self.calls(unit).user_id
        line = caller.kpb_member_ids
        line.write({"leave_from": self.after(200), "leave_to": self.after(220)})
        self.generate(self.after(210))
        other = (self.admin_crm | second) - caller
        self.assertEqual(self.calls(unit, "kpb3").user_id, other)

    def test_a_moved_call_is_late_only_after_its_new_day(self):
        self.branch.daily_cap = 1
        units = self.units(2)
        self.generate(self.after(90))
        moved = self.calls(units).filtered("levelled_from")
        with at_noon(moved.levelled_from + timedelta(days=1)):
            self.assertLessEqual(moved.days_overdue, 0)
