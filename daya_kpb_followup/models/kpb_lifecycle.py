from odoo import api, fields, models
from odoo.fields import Domain

from ..rules.outcomes import State


class KpbLifecycle(models.AbstractModel):
    """What the calendar does to appointments and schedules once a day."""

    _name = "kpb.lifecycle"
    _description = "Life Cycle"

    @api.model
    def _cron_lifecycle(self):
        """Scheduled action: missed appointments, LOST, late calls, the yearly review (S3, P10)."""
        self.env["kpb.job"]._require_system()
        self.env["kpb.job"]._each(
            self._return_no_shows,
            self._judge_customers,
            self.env["kpb.followup"]._give_up_too_late,
            self._remind_owners,
        )

    @api.model
    def _remind_owners(self):
        """Ask for the yearly reviews that are due by the clock of head office."""
        head_office = self.env["kpb.branch"].search([("parent_id", "=", False)], limit=1)
        if head_office:
            self.env["kpb.schedule"]._remind_owner(head_office._today())

    @api.model
    def _return_no_shows(self):
        """Bring every follow-up whose appointment passed without a visit back to the callers."""
        followups = self.env["kpb.followup"]
        missed = Domain("state", "=", State.APPOINTMENT.value) & Domain(
            "appointment_at", "<", fields.Datetime.now()
        )
        due = followups.search(missed).filtered(
            lambda call: call.branch_id._local(call.appointment_at).date() < call.branch_id._today()
        )
        self.env["kpb.job"]._work_off(
            followups, Domain("id", "in", due.ids) & missed, lambda calls: calls._note_no_show()
        )

    @api.model
    def _judge_customers(self):
        """Judge the customers whose last coupon is over, or whose schedule changed (S3)."""
        purchases = self.env["kpb.purchase"]
        branches = self.env["kpb.branch"].with_context(active_test=False).search([])
        as_of = {branch: branch._today() for branch in branches}
        self.env["kpb.job"]._work_off(
            purchases, purchases._lifecycle_domain(as_of), self._judge_chunk
        )

    @api.model
    def _judge_chunk(self, purchases):
        for purchase in purchases:
            purchase.lifecycle_date = False
        purchases._judge()
        purchases.filtered(lambda unit: unit.status != "lost")._point_to_next_call()
