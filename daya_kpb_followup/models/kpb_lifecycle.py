from odoo import api, fields, models
from odoo.fields import Domain

from ..rules.outcomes import State

#: What makes calls, used coupons and opportunities happen once.
INDEXES = ("kpb_followup_once", "kpb_visit_coupon_once", "crm_lead_kpb_offer_once")


class KpbLifecycle(models.AbstractModel):
    """What the calendar does to appointments and schedules once a day."""

    _name = "kpb.lifecycle"
    _description = "Life Cycle"

    @api.model
    def _cron_lifecycle(self):
        """Scheduled action: missed appointments, LOST, late calls, the yearly review (S3, P10)."""
        if self.env["kpb.job"]._may_run():
            self._pass_the_day()

    @api.model
    def _pass_the_day(self):
        """Do what the day asks for; one failing step does not hold up the next."""
        job = self.env["kpb.job"]
        job._require_indexes(*INDEXES)
        job._each(
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
        self.env["kpb.job"]._work_off(*self._due_judgements(), shared_as="kpb.lifecycle")

    @api.model
    def _due_judgements(self):
        """Return what ``kpb.job`` needs: the units, which are due, how they are judged."""
        purchases = self.env["kpb.purchase"]
        as_of = self.env["kpb.branch"]._todays()
        return purchases, purchases._lifecycle_domain(as_of), self._judge_chunk

    @api.model
    def _judge_chunk(self, purchases):
        for purchase in purchases:
            purchase.lifecycle_date = False
        purchases._judge()
        purchases.filtered(lambda unit: unit.status != "lost")._point_to_next_call()
