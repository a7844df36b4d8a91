from odoo import api, fields, models
from odoo.fields import Domain

from ..rules import coupon, schedule

#: Statuses under which calls are made.
CALLED_STATUSES = ("active", "at_risk")


class KpbNextCall(models.AbstractModel):
    """The pointer of a unit to its next call, so that the future takes no rows.

    Generation moves it on; a corrected date, branch, schedule or status counts it anew. It is
    empty when no call is left, or none is to be made.
    """

    _name = "kpb.next.call"
    _description = "Next Call"

    next_milestone_id = fields.Many2one(
        "kpb.milestone", readonly=True, copy=False, ondelete="restrict"
    )
    next_occurrence = fields.Integer(readonly=True, copy=False)
    next_followup_date = fields.Date("Next Call", readonly=True, copy=False)

    _due = models.Index("(next_followup_date, id) WHERE next_followup_date IS NOT NULL")

    @api.model
    def _due_domain(self, as_of_by_branch):
        """Return the domain of purchases whose next call is due.

        :param dict as_of_by_branch: ``kpb.branch`` record → its local day
        """
        branches_of_day = {}
        for branch, day in as_of_by_branch.items():
            branches_of_day.setdefault(day, []).append(branch.id)
        due = Domain.OR(
            Domain("next_followup_date", "<=", day) & Domain("branch_id", "in", ids)
            for day, ids in branches_of_day.items()
        )
        retry = Domain("park_retry_at", "=", False) | Domain(
            "park_retry_at", "<=", fields.Datetime.now()
        )
        return due & retry

    def _coupon_ends(self):
        """Return purchase → {KPB number: last valid day of the coupon, grace included}."""
        table = self.env["kpb.coupon.window"]._rule_table()
        return {
            purchase: coupon.grace_ends(purchase.purchase_date, purchase.engine_number, table)
            for purchase in self
        }

    def _steps(self):
        """Return every step of the unit's schedule in the order of its days."""
        self.ensure_one()
        return schedule.steps(self.purchase_date, self.schedule_id._rule_milestones())

    def _pending_steps(self, rule_milestones, taken):
        """Return the steps from the pointer on that have no follow-up yet.

        :param tuple rule_milestones: the schedule as the rules know it
        :param set taken: (milestone code, occurrence) of the follow-ups that exist
        """
        self.ensure_one()
        steps = schedule.steps(self.purchase_date, rule_milestones)
        pointer = (self.next_milestone_id.code, self.next_occurrence)
        start = next((i for i, step in enumerate(steps) if step.key == pointer), 0)
        return tuple(step for step in steps[start:] if step.key not in taken)

    def _taken_keys(self):
        """Return purchase → {(milestone code, occurrence)} of the follow-ups that exist."""
        taken = {purchase: set() for purchase in self}
        # sudo: a follow-up that the user may not see exists all the same
        for followup in (
            self.env["kpb.followup"]
            .sudo()
            .search_fetch(
                [("purchase_id", "in", self.ids)], ["purchase_id", "milestone_id", "occurrence"]
            )
        ):
            taken[followup.purchase_id.with_env(self.env)].add(
                (followup.milestone_id.code, followup.occurrence)
            )
        return taken

    def _point_to_next_call(self):
        """Point each purchase at its first step that has no follow-up and is not skipped."""
        self = self.sudo()  # sudo: the pointer is the engine's, readonly for people
        taken = self._taken_keys()
        coupon_ends = self._coupon_ends()
        for purchase in self:
            following = None
            if purchase.status in CALLED_STATUSES:
                branch = purchase.branch_id
                following = next(
                    (
                        step
                        for step in purchase._steps()
                        if step.key not in taken[purchase]
                        and schedule.verdict(
                            step,
                            max(branch._today(), step.planned),
                            branch.go_live_date,
                            coupon_ends[purchase].get(step.milestone.kpb_number),
                        )
                        != schedule.Verdict.SKIPPED
                    ),
                    None,
                )
            purchase._set_pointer(following)

    def _set_pointer(self, step):
        """Store the next step, or that there is none."""
        self.ensure_one()
        milestone = self.env["kpb.milestone"]
        if step:
            milestone = self.schedule_id.milestone_ids.filtered(
                lambda line: line.code == step.milestone.code
            )
        self.write(
            {
                "next_milestone_id": milestone.id,
                "next_occurrence": step.occurrence if step else 0,
                "next_followup_date": step.planned if step else False,
            }
        )
