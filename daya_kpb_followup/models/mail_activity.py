from odoo import models

from ..rules.outcomes import OPEN_STATES


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Mark as done; a follow-up that is still open then gets its next step.

        Whoever ticks off a call without saying what came of it has spoken to nobody as far as
        anybody knows: the call comes back on the next working day, with the feedback as its note.
        An appointment stays. What people added to the follow-up by hand is theirs.
        """
        followups = self.env["kpb.followup"].browse(
            self.filtered(
                lambda activity: (
                    activity.active
                    and activity.res_model == "kpb.followup"
                    and activity.activity_type_id.res_model == "kpb.followup"
                )
            ).mapped("res_id")
        )
        done = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        # sudo: a person may always finish what is assigned to him
        for followup in followups.sudo().filtered(lambda call: call.state in OPEN_STATES):
            followup._log_without_outcome(feedback)
        return done
