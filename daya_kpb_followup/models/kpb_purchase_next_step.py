from odoo import api, fields, models
from odoo.fields import Domain


class KpbPurchase(models.Model):
    """What is next with a customer: the call that waits longest, else the one that will be made."""

    _inherit = "kpb.purchase"

    next_step = fields.Char(compute="_compute_next_step")
    next_step_date = fields.Date("Next Call On", compute="_compute_next_step")

    @api.depends(
        "followup_ids.state",
        "followup_ids.deadline",
        "next_milestone_id.name",
        "next_milestone_id.interval_months",
        "next_occurrence",
        "next_followup_date",
    )
    @api.depends_context("lang")
    def _compute_next_step(self):
        # sudo: who reads a unit reads what is next with it, also when a colleague makes the call
        followups = self.env["kpb.followup"].sudo()
        waiting = followups.search(
            followups._open_domain() & Domain("purchase_id", "in", self.ids),
            order="deadline DESC, id DESC",
        )
        longest = {call.purchase_id.id: call for call in waiting}
        for purchase in self:
            call = longest.get(purchase._origin.id)
            purchase.next_step = call._step_name() if call else purchase._step_to_come()
            purchase.next_step_date = call.deadline if call else purchase.next_followup_date

    def _step_to_come(self):
        """Return the name of the step at which the next call will be made, or False."""
        milestone = self.next_milestone_id
        return milestone._step_name(self.next_occurrence) if milestone else False
