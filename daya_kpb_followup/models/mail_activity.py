from odoo import models

from ..rules.outcomes import OPEN_STATES, Result, State


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Mark as done; an open follow-up behind a done activity is done too."""
        followups = self.env["kpb.followup"].browse(
            self.filtered(lambda activity: activity.res_model == "kpb.followup").mapped("res_id")
        )
        done = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        # sudo: a person may always finish what is assigned to him
        followups.sudo().filtered(lambda followup: followup.state in OPEN_STATES)._close(
            State.DONE, Result.HANDLED, note=feedback or False
        )
        return done
