from odoo import models
from odoo.exceptions import UserError


class MailActivity(models.Model):
    """An escalation is answered wherever its activity is ticked off, and never without a text."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Mark as done; the feedback solves the escalation (ADR 0012).

        :raises UserError: an escalation without a feedback: silence is no answer
        """
        asked = self.filtered(
            lambda activity: (
                activity.active
                and activity.res_model == "kpb.escalation"
                and activity.activity_type_id.res_model == "kpb.escalation"
            )
        )
        if asked and not (feedback or "").strip():
            raise UserError(
                self.env._(
                    "Write what was done before you mark an escalation as done. If you cannot"
                    " solve it, open it and pass it on."
                )
            )
        for escalation in self.env["kpb.escalation"].browse(asked.mapped("res_id")):
            escalation.reply(feedback, resolved=True)
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
