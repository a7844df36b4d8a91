from odoo import api, models
from odoo.fields import Domain


class KpbReconciler(models.AbstractModel):
    """Puts right what happened to open follow-ups behind their back.

    People leave, activities are cancelled, Odoo deletes those of an archived user: an open
    follow-up without a working owner gets the next right person, one without its activity gets
    it back, and what has nobody stands on the "No owner" list until somebody is there.
    """

    _name = "kpb.reconciler"
    _description = "Reconciliation of Follow-ups"

    @api.model
    def _cron_reconcile(self):
        """Scheduled action: give every open follow-up an owner and its activity."""
        self.env["kpb.job"]._require_system()
        self._reconcile()

    @api.model
    def _reconcile(self):
        """Hand over what has no working owner, rebuild missing activities.

        :return: how many follow-ups were put right
        """
        broken = self._broken_followups()
        orphans = broken.filtered(lambda followup: not followup.user_id.active)
        self.env["kpb.assignment"]._hand_over(orphans)
        (broken - orphans)._project_activities()
        return len(broken)

    @api.model
    def _broken_followups(self):
        followup = self.env["kpb.followup"]
        nobody = Domain("user_id", "=", False) | Domain("user_id.active", "=", False)
        no_activity = Domain("activity_ids", "=", False)
        return followup.search(followup._open_domain() & (nobody | no_activity))
