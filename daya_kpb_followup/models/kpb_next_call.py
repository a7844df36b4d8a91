from collections import defaultdict

from odoo import api, fields, models

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
    # the customer came back on that day: what lapsed while nobody was to call is no failure
    calls_from = fields.Date(readonly=True, copy=False)

    _due = models.Index("(next_followup_date, id) WHERE next_followup_date IS NOT NULL")

    @api.model
    def _due_domain(self, as_of_by_branch):
        """Return the domain of purchases whose next call is due.

        :param dict as_of_by_branch: ``kpb.branch`` record → its local day
        """
        reached = self.env["kpb.branch"]._reached_domain("next_followup_date", as_of_by_branch)
        return reached & self._not_parked_domain()

    def _has_plan(self):
        """Return whether the unit's steps can be told: while it is entered, not yet."""
        return bool(self.schedule_id and self.branch_id and self.purchase_date)

    def _plans(self):
        """Return unit → every step of its schedule in the order of its days.

        The schedule's options move steps: calls before a coupon's end, last reminders, regular
        services counted from the last one.
        """
        plans = {}
        for procedure, units in self.grouped("schedule_id").items():
            rules = procedure._rule_milestones()
            adjusted = procedure._has_options()
            windows = units._coupon_windows() if adjusted else {}
            plans |= {
                unit: schedule.steps(
                    unit.purchase_date,
                    rules,
                    coupon.adjustment(
                        unit.purchase_date,
                        rules,
                        windows[unit],
                        procedure.call_before_end,
                        procedure._last_touch_days(),
                        unit._regular_restart(rules),
                    )
                    if adjusted
                    else schedule.PLAIN,
                )
                for unit in units
            }
        return plans

    def _regular_restart(self, milestones):
        """Return from which service the regular ones count, None where the schedule says so.

        :param tuple milestones: of the schedule, as the rules know them
        """
        repeated = next((line for line in milestones if line.interval_months), None)
        if not repeated or not self.schedule_id.regular_from_visit:
            return None
        unit = self.sudo()  # sudo: a call or visit that the user may not see happened all the same
        return schedule.restart_after(
            unit.purchase_date,
            repeated,
            [(visit.date, visit.kpb_number) for visit in unit.visit_ids],
            [
                (call.occurrence, call.planned_date, bool(call.visit_id))
                for call in unit.followup_ids
                if call.milestone_code == repeated.code
            ],
        )

    def _pending(self, steps, taken):
        """Return the steps from the pointer on that have no follow-up yet.

        :param tuple steps: the unit's plan
        :param dict taken: the unit's follow-ups by key
        """
        self.ensure_one()
        pointer = (self.next_milestone_id.code, self.next_occurrence)
        since = next(
            (step.planned for step in steps if step.key == pointer), self.next_followup_date
        )
        return tuple(step for step in steps if step.planned >= since and step.key not in taken)

    def _taken_keys(self):
        """Return unit → {(milestone code, occurrence): state} of the follow-ups that exist."""
        taken = {unit: {} for unit in self}
        # sudo: a follow-up that the user may not see exists all the same
        followups = self.env["kpb.followup"].sudo()
        names = ("purchase_id", "milestone_id", "occurrence", "state")
        query = followups._search([("purchase_id", "in", self.ids)])
        columns = (followups._field_to_sql(query.table, name) for name in names)
        rows = self.env.execute_query(query.select(*columns))
        milestones = self.env["kpb.milestone"].browse({row[1] for row in rows})
        codes = {milestone.id: milestone.code for milestone in milestones}
        steps_of = {unit.id: steps for unit, steps in taken.items()}
        for unit_id, milestone_id, occurrence, state in rows:
            steps_of[unit_id][codes[milestone_id], occurrence] = state
        return taken

    def _last_callers(self):
        """Return (unit, role) → who made its last call in that role."""
        groups = self.env["kpb.followup"]._read_group(
            [("purchase_id", "in", self.ids), ("user_id", "!=", False)],
            ["purchase_id", "role_id", "user_id"],
            ["id:max"],
            order="id:max",
        )
        return {(unit, role): user for unit, role, user, _latest in groups}

    def _answers_from(self):
        """Return the day from which the branch answers for the unit's calls, or None.

        What was planned before and is no longer useful is skipped.
        """
        self.ensure_one()
        return max(filter(None, (self.branch_id.go_live_date, self.calls_from)), default=None)

    def _point_to_next_call(self):
        """Point each unit at its first step that has no follow-up and is not skipped."""
        self = self.sudo()  # sudo: the pointer is the engine's, readonly for people
        called = self.filtered(lambda unit: unit.status in CALLED_STATUSES)
        following = dict.fromkeys(self - called)
        taken = called._taken_keys()
        coupon_ends = called._coupon_ends()
        plans = called._plans()
        for unit in called:
            today = unit.branch_id._today()
            following[unit] = next(
                (
                    step
                    for step in plans[unit]
                    if step.key not in taken[unit]
                    and schedule.verdict(
                        step,
                        max(today, step.planned),
                        unit._answers_from(),
                        coupon_ends[unit].get(step.milestone.kpb_number),
                    )
                    != schedule.Verdict.SKIPPED
                ),
                None,
            )
        self._set_pointers(following)

    def _restart_regular(self):
        """Count the next call anew where regular services count from the last one."""
        self.filtered("schedule_id.regular_from_visit")._point_to_next_call()

    @api.model
    def _set_pointers(self, following):
        """Store each unit's next step; units with the same one share a write.

        :param dict following: unit → ``rules.schedule.Step``, or None where no call is left
        """
        groups = defaultdict(self.browse)
        for unit, step in following.items():
            where = (step.milestone.code, step.occurrence, step.planned) if step else None
            groups[unit.schedule_id, where] |= unit
        for (procedure, where), units in groups.items():
            code, occurrence, planned = where or (None, 0, False)
            milestone = procedure.milestone_ids.filtered(lambda line, code=code: line.code == code)
            units.write(
                {
                    "next_milestone_id": milestone.id,
                    "next_occurrence": occurrence,
                    "next_followup_date": planned,
                }
            )
