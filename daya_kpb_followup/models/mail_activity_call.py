from odoo import models


class MailActivity(models.Model):
    """Marking a call as done asks what the customer said."""

    _inherit = "mail.activity"

    def action_kpb_call(self):
        """Open the call's screen for the activity of a follow-up."""
        self.ensure_one()
        self.check_access("read")
        return self.env["kpb.followup"].browse(self.res_id).action_call()
