from odoo import api, models
from odoo.fields import Domain

from .kpb_quiet import QUIET


class KpbReconciler(models.AbstractModel):
    """Puts right what happened to open follow-ups behind their back.

    People leave, activities are cancelled, Odoo deletes those of an archived user: an open
    follow-up whose owner is gone from its branch gets the next right person, one without its
    activity gets it back, and what has nobody stands on the "No owner" list until somebody is
    there.
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
        return self.env["kpb.job"]._work_off(
            self.env["kpb.followup"], self._broken_domain(), self._put_right, "deadline, id"
        )

    @api.model
    def _put_right(self, followups):
        followups = followups.with_context(**QUIET)
        orphans = followups.filtered(
            lambda followup: followup.user_id not in followup.branch_id.access_user_ids
        )
        self.env["kpb.assignment"]._hand_over(orphans)
        (followups - orphans)._project_activities()

    @api.model
    def _broken_domain(self):
        """Return the domain of open follow-ups that can be put right.

        What has nobody, and nobody to be had, is not among them: it stays on its list.
        """
        owned = Domain("user_id", "!=", False)
        no_activity = owned & Domain(
            "activity_ids",
            "not any",
            [("active", "=", True), ("activity_type_id.res_model", "=", "kpb.followup")],
        )
        branches = self.env["kpb.branch"].search([("active", "in", (True, False))])
        stray = Domain.OR(
            owned
            & Domain("branch_id", "=", branch.id)
            & Domain("user_id", "not in", branch.access_user_ids.ids)
            for branch in branches
        )
        return self.env["kpb.followup"]._open_domain() & (no_activity | stray | self._helpable())

    @api.model
    def _helpable(self):
        """Return the domain of follow-ups without owner for which there is somebody by now."""
        followup = self.env["kpb.followup"]
        waiting = followup._read_group(
            followup._open_domain() & Domain("user_id", "=", False), ["branch_id", "role_id"]
        )
        if not waiting:
            return Domain.FALSE
        find = self.env["kpb.assignment"]._finder()
        nobody = self.env["res.users"]
        return Domain("user_id", "=", False) & Domain.OR(
            Domain("branch_id", "=", branch.id) & Domain("role_id", "=", role.id)
            for branch, role in waiting
            if find(branch, role, nobody)[0]
        )
