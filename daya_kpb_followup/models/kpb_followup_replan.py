from odoo import models

from ..rules.outcomes import Result, State
from ..rules.schedule import Kind, useful_until
from .kpb_next_call import CALLED_STATUSES


class KpbFollowup(models.Model):
    """Calls whose unit moved to another branch, or whose purchase was corrected."""

    _inherit = "kpb.followup"

    def _replan(self):
        """Count the days of follow-ups anew, after the facts behind them were corrected.

        A follow-up whose unit moved to another branch gets an owner there. One that nobody has
        begun and whose day is still to come is taken back, generation makes it on its day; one
        that was given up as too late and is not opens again.
        """
        units = self.purchase_id
        plans = {unit: {step.key: step for step in steps} for unit, steps in units._plans().items()}
        ends = units._coupon_ends()
        today = {branch: branch._today() for branch in units.branch_id}
        find_working_day = self.env["kpb.branch"]._working_day_finder()
        early, without, orphans = self.browse(), self.browse(), self.browse()
        for followup in self:
            unit = followup.purchase_id
            branch = unit.branch_id
            given_up = followup.result == Result.EXPIRED
            step = plans[unit].get((followup.milestone_id.code, followup.occurrence))
            if step is None:
                without |= followup
                continue
            if step.planned > today[branch] and not followup.attempt_ids:
                early |= followup
                continue
            if given_up and not followup._can_be_made(step, ends[unit], today[branch]):
                continue
            first_deadline = find_working_day(branch, step.planned)
            moved = followup.branch_id != branch
            followup.write(
                {
                    "branch_id": branch.id,
                    "partner_id": unit.partner_id.id,
                    "planned_date": step.planned,
                    "first_deadline": first_deadline,
                    "deadline": max(first_deadline, followup.deadline)
                    if followup.attempt_ids
                    else first_deadline,
                    "levelled_from": False,
                }
            )
            if given_up:
                followup.write({"state": State.TODO.value, "result": False, "closed_at": False})
            if moved or given_up:
                orphans |= followup
        without.filtered(lambda followup: followup.result != Result.EXPIRED)._close(
            State.CANCELLED,
            Result.WITHDRAWN,
            note=self.env._("The unit's new schedule has no such call."),
        )
        (self - early - without - orphans)._project_activities()
        self.env["kpb.assignment"]._hand_over(orphans)
        early.unlink()

    def _can_be_made(self, step, coupon_ends, today):
        """Return whether a call that was given up as too late makes sense by its new day.

        :param step: the ``rules.schedule.Step`` it is about
        :param dict coupon_ends: of its unit, by KPB number
        :param date today: at the branch of its unit
        """
        self.ensure_one()
        unit = self.purchase_id
        return (
            unit.status in CALLED_STATUSES
            and today <= useful_until(step, coupon_ends.get(step.milestone.kpb_number))
            and not self._is_answered()
            and not unit.partner_id._kpb_refuses(Kind(self.milestone_id.kind))
        )
