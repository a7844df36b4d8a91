from datetime import datetime, time

from odoo import api, fields, models
from odoo.fields import Domain

from ..rules.outcomes import OPEN_STATES

#: A call without an appointment has no hour; noon in UTC is the same day everywhere in Indonesia.
CALENDAR_HOUR = time(12)


class KpbFollowup(models.Model):
    """What lists, boards and the calendar show of a follow-up, put in few words."""

    _inherit = "kpb.followup"

    state = fields.Selection(group_expand="_group_expand_state")
    step = fields.Char(compute="_compute_step", help='For example "KPB 2", "Regular Service 3".')
    unit = fields.Char("Unit and Plate", related="purchase_id.unit")
    tries = fields.Char(
        "Tries of Limit", compute="_compute_tries", help="Without success, of the limit."
    )
    stage_id = fields.Many2one(
        related="milestone_id.stage_id",
        string="Milestone Group",
        help="The same milestone of every schedule and revision.",
    )
    kpb_do_not_contact = fields.Boolean(related="partner_id.kpb_do_not_contact")
    earlier_ids = fields.Many2many(
        "kpb.followup", compute="_compute_earlier_ids", string="Earlier Follow-ups"
    )
    # the calendar: the appointment at its hour, else the call on its day
    calendar_at = fields.Datetime(compute="_compute_calendar_at", search="_search_calendar_at")
    calendar_all_day = fields.Boolean(compute="_compute_calendar_at")

    @api.depends("milestone_id.name", "milestone_id.interval_months", "occurrence")
    @api.depends_context("lang")
    def _compute_step(self):
        for followup in self:
            followup.step = followup._step_name()

    @api.depends("unsuccessful_count", "milestone_id.attempt_limit")
    def _compute_tries(self):
        for followup in self:
            followup.tries = f"{followup.unsuccessful_count}/{followup.milestone_id.attempt_limit}"

    @api.depends("purchase_id.followup_ids", "planned_date")
    @api.depends_context("uid")
    def _compute_earlier_ids(self):
        # searched for, and not walked to: who is only asked about a call sees no other
        others = self.search(
            [("purchase_id", "in", self.purchase_id.ids)], order="planned_date desc, id"
        ).grouped("purchase_id")
        for followup in self:
            followup.earlier_ids = others.get(followup.purchase_id, self.browse()).filtered(
                lambda other, followup=followup: other.planned_date < followup.planned_date
            )

    @api.depends("appointment_at", "deadline")
    def _compute_calendar_at(self):
        for followup in self:
            followup.calendar_all_day = not followup.appointment_at
            followup.calendar_at = followup.appointment_at or datetime.combine(
                followup.deadline, CALENDAR_HOUR
            )

    @api.model
    def _search_calendar_at(self, operator, value):
        if operator not in ("<", "<=", ">", ">="):
            return NotImplemented
        day = fields.Datetime.to_datetime(value).date()
        return Domain("appointment_at", operator, value) | (
            Domain("appointment_at", "=", False) & Domain("deadline", operator, day)
        )

    @api.model
    def _group_expand_state(self, states, domain):
        """Show the open columns always, the closed ones when there is something in them."""
        return [
            state
            for state, _label in self._fields["state"].selection
            if state in OPEN_STATES or state in states
        ]

    # actions
    def action_view_partner(self):
        """Open the customer."""
        self.ensure_one()
        return self.partner_id._get_records_action()
