from odoo import fields, models


class MailActivity(models.Model):
    """Marking a call as done asks what the customer said.

    What people add to a follow-up by hand is no call: it is ticked off like anywhere.
    """

    _inherit = "mail.activity"

    kpb_call = fields.Boolean(compute="_compute_kpb_call")

    def _compute_kpb_call(self):
        for activity in self:
            activity.kpb_call = (
                activity.active
                and activity.res_model == "kpb.followup"
                and activity.activity_type_id.res_model == "kpb.followup"
            )

    def action_kpb_call(self):
        """Open the call's screen for the activity of a follow-up."""
        self.ensure_one()
        self.check_access("read")
        return self.env["kpb.followup"].browse(self.res_id).action_call()

    def _to_store_defaults(self, target):
        return [*super()._to_store_defaults(target), "kpb_call"]
