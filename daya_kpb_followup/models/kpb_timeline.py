from odoo import api, fields, models


class KpbTimeline(models.AbstractModel):
    """The whole story of a unit in one glance: every step, done, due or coming."""

    _name = "kpb.timeline"
    _description = "Timeline of a Unit"

    timeline = fields.Json(compute="_compute_timeline")

    @api.depends(
        "coupons",
        "followup_ids.appointment_at",
        "followup_ids.attempt_count",
        "followup_ids.state",
        "next_followup_date",
        "next_milestone_id",
        "next_occurrence",
        "schedule_id",
        "branch_id",
        "purchase_date",
    )
    @api.depends_context("lang")
    def _compute_timeline(self):
        called = self._last_called()
        for purchase in self:
            purchase.timeline = purchase._timeline_steps(called) if purchase._has_plan() else []

    def _last_called(self):
        """Return id of a follow-up → when its customer was last called, with an outcome."""
        groups = self.env["kpb.attempt"]._read_group(
            [
                ("followup_id", "in", self.followup_ids._origin.ids),
                ("outcome", "!=", False),
                ("undone", "=", False),
            ],
            ["followup_id"],
            ["date:max"],
        )
        return {followup.id: date for followup, date in groups}

    def _timeline_steps(self, called):
        """Return the unit's steps for the timeline, first to last.

        Each: ``key name planned state late`` and, once there is a follow-up, ``followup_id
        deadline caller closed``; ``state`` is a follow-up state, else ``skipped``, ``due`` or
        ``coming``. A step with a coupon: ``coupon_end coupon_used conflict``, the latter when the
        procedure calls after the coupon's end, and ``coupon_left`` days while it is unused. What
        happened: ``called tries appointment came where brought_by``.

        :param dict called: what ``_last_called`` gives
        """
        self.ensure_one()
        today = self.branch_id._today()
        followups = {
            (followup.milestone_id.code, followup.occurrence): followup
            for followup in self.followup_ids
        }
        milestones = {line.code: line for line in self.schedule_id.milestone_ids}
        used = {visit.kpb_number: visit for visit in self.visit_ids if visit.kpb_number}
        coupons = {line["number"]: line for line in self.coupons or []}
        pointer = self.next_followup_date
        timeline = []
        for step in self._plans()[self]:
            followup = followups.get(step.key)
            entry = {
                "key": f"{step.milestone.code}-{step.occurrence}",
                "kind": step.milestone.kind.value,
                "name": milestones[step.milestone.code]._step_name(step.occurrence),
                "planned": fields.Date.to_string(step.planned),
                "late": False,
            }
            coupon = coupons.get(step.milestone.kpb_number)
            if coupon:
                entry.update(
                    coupon_end=coupon["grace"],
                    coupon_used=coupon["used_on"],
                    conflict=coupon["conflict"],
                    coupon_left=False if coupon["used"] else coupon["days_left"],
                )
            entry.update(self._told_of(followup, called, used.get(step.milestone.kpb_number)))
            if followup:
                entry.update(
                    state=followup.state,
                    followup_id=followup.id,
                    deadline=fields.Date.to_string(followup.deadline),
                    caller=followup.user_id.name or False,
                    closed=fields.Datetime.to_string(followup.closed_at)
                    if followup.closed_at
                    else False,
                    late=followup.days_overdue > 0,
                )
            elif entry.get("came"):
                entry["state"] = "done"
            elif not pointer or step.planned < pointer:
                entry["state"] = "skipped"
            else:
                entry["state"] = "due" if step.planned <= today else "coming"
            timeline.append(entry)
        return timeline

    def _told_of(self, followup, called, visit):
        """Return what happened at a step: when called, appointed, came, where, brought by whom.

        :param followup: the step's follow-up, if there is one
        :param dict called: what ``_last_called`` gives
        :param visit: the visit on which its coupon was used, if it was
        """
        visit = (followup and followup.visit_id) or visit
        told = {}
        if followup:
            text = fields.Datetime.to_string
            told["tries"] = followup.attempt_count
            spoken = called.get(followup._origin.id)
            told["called"] = text(spoken) if spoken else False
            agreed = followup.appointment_at
            told["appointment"] = text(agreed) if agreed else False
        if visit:
            told["came"] = fields.Date.to_string(visit.date)
            told["where"] = visit.branch_id.name or visit.dealer_name or visit._place_name()
            told["brought_by"] = visit.brought_by or False
        return told
