from datetime import date, timedelta

from odoo import api, models
from odoo.fields import Domain

from ..rules.outcomes import OPEN_STATES, Result, State
from ..rules.schedule import Kind, Step, answers, useful_until
from .kpb_next_call import CALLED_STATUSES
from .kpb_quiet import QUIET

#: Why calls end whose customer may come back, or whose unit may get a new owner.
GIVEN_UP_FOR = frozenset({Result.LOST, Result.UNIT_SOLD, Result.NOT_INTERESTED})


class KpbFollowup(models.Model):
    """Calls that open again, go to another owner, or end because their time has run out."""

    _inherit = "kpb.followup"

    def _return(self, ask_again):
        """Open the calls again that ended because the customer was given up, as far as useful.

        :param bool ask_again: whether an offer that was turned down is made again
        """
        calls = self.filtered(lambda call: call.result in GIVEN_UP_FOR and not call._is_answered())
        cancelled = calls.filtered(lambda call: call.state == State.CANCELLED)
        declined = calls.filtered(
            lambda call: call.state == State.DONE and call.milestone_id.kind == Kind.RENEWAL
        )
        (cancelled - cancelled._too_late())._open_again()
        if ask_again:
            declined._plan_for_today()
            declined._open_again()

    def _plan_for_today(self):
        """Let the use of calls count from today: they are made again because somebody says so."""
        for call in self:
            call.planned_date = call.branch_id._today()

    def _return_to_new_owner(self):
        """Open the calls again that the owner before did not want, as far as useful."""
        calls = self.filtered(
            lambda call: call.result == Result.DO_NOT_CONTACT and not call._is_answered()
        )
        (calls - calls._too_late())._open_again()

    def _lose_visit(self):
        """Take back that a visit has answered these calls; open again what can still be made.

        Whom people have given up is not called again because a visit was a mistake.
        """
        late = self._too_late()
        late._close(State.FAILED, Result.EXPIRED)
        in_time = self - late
        called = in_time.filtered(lambda call: call.purchase_id.status in CALLED_STATUSES)
        lost = in_time.filtered(lambda call: call.purchase_id.status == "lost")
        called._open_again()
        lost._close(State.CANCELLED, Result.LOST)
        (in_time - called - lost)._close(
            State.CANCELLED, Result.WITHDRAWN, note=self.env._("The visit was a mistake.")
        )

    def _open_again(self):
        """Put closed follow-ups back on somebody's list, for the next working day."""
        for call in self:
            branch = call.branch_id
            call.write(
                {
                    "state": State.TODO.value,
                    "result": False,
                    "result_note": False,
                    "closed_at": False,
                    "visit_id": False,
                    "appointment_at": False,
                    "appointment_confirmed": False,
                    "weekend_reason": False,
                    "partner_id": call.purchase_id.partner_id.id,
                    "deadline": branch._working_day(branch._today()),
                }
            )
        refused = self.filtered(
            lambda call: call.partner_id._kpb_refuses(Kind(call.milestone_id.kind))
        )
        refused._close(State.CANCELLED, Result.DO_NOT_CONTACT)
        self.env["kpb.assignment"]._hand_over(self - refused)

    def _is_answered(self):
        """Return whether a visit, or a collected certificate, has made the call needless."""
        self.ensure_one()
        unit, milestone = self.purchase_id, self.milestone_id
        if milestone.kind == Kind.STNK:
            return unit.stnk_state == "collected"
        step = self._as_step()
        return any(
            visit.kpb_number == milestone.kpb_number
            and (milestone.kind == Kind.KPB or answers(step, visit.date))
            for visit in unit.visit_ids
            if milestone.kind in (Kind.KPB, Kind.REGULAR)
        )

    def _as_step(self):
        """Return the follow-up as the rules know it, a ``rules.schedule.Step``."""
        self.ensure_one()
        return Step(self.milestone_id._as_rule(), self.occurrence, self.planned_date)

    def _too_late(self):
        """Return those of the follow-ups whose call makes no sense any more."""
        last = self._useful_until()
        today = {branch: branch._today() for branch in self.branch_id}
        return self.filtered(lambda call: last[call] < today[call.branch_id])

    def _useful_until(self):
        """Return follow-up → the last day on which its call makes sense."""
        ends = self.purchase_id._coupon_ends()
        return {
            call: useful_until(
                call._as_step(), ends[call.purchase_id].get(call.milestone_id.kpb_number)
            )
            for call in self
        }

    def _follow_owner(self):
        """Make open calls to the present owner of the unit, unless he does not want them."""
        still_open = self.filtered(
            lambda call: (
                call.state in OPEN_STATES and call.partner_id != call.purchase_id.partner_id
            )
        )
        for call in still_open:
            call.partner_id = call.purchase_id.partner_id
        refused = still_open.filtered(
            lambda call: call.partner_id._kpb_refuses(Kind(call.milestone_id.kind))
        )
        refused._close(State.CANCELLED, Result.DO_NOT_CONTACT)
        calls = still_open - refused
        calls._own_activities().with_context(**QUIET).unlink()
        calls._project()

    @api.model
    def _give_up_too_late(self):
        """End the calls that nobody made in time: their coupon, or their use, is over.

        A certificate is called for until it is collected; a day that the customer named is kept.
        """
        todays = self.env["kpb.branch"]._todays()
        overdue = Domain("state", "=", State.TODO.value)
        overdue &= self.env["kpb.branch"]._passed_domain("deadline", todays)
        latest = max(todays.values(), default=date.max)
        calls = self.search(overdue & self._perhaps_too_late_domain(latest))
        self.env["kpb.job"]._work_off(
            self,
            Domain("id", "in", calls._too_late().ids) & Domain("state", "=", State.TODO.value),
            lambda late: late._close(State.FAILED, Result.EXPIRED),
        )

    @api.model
    def _perhaps_too_late_domain(self, latest):
        """Return the domain of calls among which are all those that are too late.

        A call is useful for its milestone's days, or until its coupon ends: what has neither
        behind it, by the shortest coupon of its number, need not be looked at.
        """
        shortest = {}
        for window in self.env["kpb.coupon.window"]._rule_table():
            days = min(window.max_days, shortest.get(window.kpb_number, window.max_days))
            shortest[window.kpb_number] = days
        milestones = self.env["kpb.milestone"].with_context(active_test=False)
        called = milestones.search([("kind", "!=", Kind.STNK.value)])
        alike = called.grouped(lambda line: (line.useful_days, shortest.get(line.kpb_number)))
        late = []
        for (useful, coupon), lines in alike.items():
            over = Domain("planned_date", "<", latest - timedelta(days=useful))
            if coupon is not None:
                over |= Domain("purchase_id.purchase_date", "<", latest - timedelta(days=coupon))
            late.append(Domain("milestone_id", "in", lines.ids) & over)
        return Domain.OR(late)
