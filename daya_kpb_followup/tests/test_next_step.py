from datetime import timedelta

from ..rules.outcomes import Result, State
from .call_case import BOUGHT, TODAY, CallCase


class TestNextStep(CallCase):
    """Boards and lists say what is next with a unit, and begin with what waits longest."""

    def setUp(self):
        super().setUp()
        self.call = self.make_call("kpb2")
        self.unit = self.call.purchase_id
        self.longest = self.make_call("stnk", self.unit, deadline=TODAY - timedelta(days=3))

    def next_of(self, unit, user=None):
        """Return the step and the day that are shown of a unit."""
        unit = unit.with_user(user or self.kacab)
        return unit.next_step, unit.next_step_date

    def test_the_call_that_waits_longest_comes_first(self):
        self.assertEqual(self.next_of(self.unit), (self.longest.step, TODAY - timedelta(days=3)))
        self.longest.deadline = TODAY + timedelta(days=2)
        self.assertEqual(self.next_of(self.unit), (self.call.step, TODAY))
        self.call._close(State.DONE, Result.CAME)
        self.assertEqual(self.next_of(self.unit), (self.longest.step, TODAY + timedelta(days=2)))

    def test_without_a_call_it_is_the_one_to_come(self):
        (self.call | self.longest)._close(State.DONE, Result.CAME)
        milestone = self.unit.next_milestone_id
        self.assertTrue(milestone)
        self.assertEqual(self.next_of(self.unit), (milestone.name, self.unit.next_followup_date))

    def test_each_of_many_has_its_own(self):
        others = self.make_purchase(BOUGHT) | self.make_purchase(BOUGHT)
        call = self.make_call("kpb1", others[0], deadline=TODAY - timedelta(days=1))
        self.env.invalidate_all()
        shown = [self.next_of(unit) for unit in self.unit | others]
        self.assertEqual(
            shown,
            [
                (self.longest.step, TODAY - timedelta(days=3)),
                (call.step, TODAY - timedelta(days=1)),
                (others[1].next_milestone_id.name, others[1].next_followup_date),
            ],
        )

    def test_a_colleague_reads_what_another_one_has_to_do(self):
        stranger = self.make_member(self.branch, "admin_stnk")
        self.assertEqual(self.next_of(self.unit, stranger)[0], self.longest.step)

    def test_the_board_begins_with_what_waits_longest(self):
        soon = self.make_call("kpb2", deadline=TODAY - timedelta(days=1)).purchase_id
        board = self.env["kpb.purchase"].with_user(self.kacab)
        mine = [("id", "in", (self.unit | soon).ids)]
        self.assertEqual(board.search(mine, order="next_step_date, id"), self.unit | soon)
        self.longest._close(State.DONE, Result.CAME)
        self.assertEqual(board.search(mine, order="next_step_date, id"), soon | self.unit)

    def test_an_older_database_is_filled_by_one_statement(self):
        idle = self.make_purchase(BOUGHT)
        self.env.flush_all()
        self.env.cr.execute("UPDATE kpb_purchase SET next_step_date = NULL")
        self.unit._fill_next_step_date()
        self.env.invalidate_all()
        self.assertEqual(self.unit.next_step_date, TODAY - timedelta(days=3))
        self.assertEqual(idle.next_step_date, idle.next_followup_date)
