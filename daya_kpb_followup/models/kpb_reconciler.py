from odoo import api, models
from odoo.fields import Domain

from .kpb_quiet import QUIET


class KpbReconciler(models.AbstractModel):
    """Puts right what happened to open follow-ups behind their back.

    People leave, activities are cancelled, Odoo deletes those of an archived user: an open
    follow-up whose owner is gone from its branch gets the next right person, one without its
    activity gets it back, what has nobody stands on the "No owner" list until somebody is there,
    and what is closed leaves everybody's list. Open escalations are looked after in the same way.
    """

    _name = "kpb.reconciler"
    _description = "Reconciliation of Follow-ups"

    @api.model
    def _cron_reconcile(self):
        """Scheduled action: give every open follow-up an owner and its activity."""
        if self.env["kpb.job"]._may_run():
            self._reconcile()

    @api.model
    def _reconcile(self):
        """Hand over what has no working owner, rebuild missing activities, end needless ones.

        :return: how many follow-ups were put right
        """
        job, followup = self.env["kpb.job"], self.env["kpb.followup"]
        job._require_indexes("kpb_followup_once", "kpb_escalation_once")
        put_right = []
        job._each(
            self.env["kpb.branch"]._move_merged,
            lambda: put_right.append(
                job._work_off(followup, self._broken_domain(), self._put_right, "deadline, id")
            ),
            lambda: job._work_off(followup, followup._needless_domain(), self._end_activities),
            self.env["kpb.escalation"]._reconcile,
        )
        return sum(put_right)

    @api.model
    def _put_right(self, followups):
        followups = followups.with_context(**QUIET)
        workers = {branch: self._workers(branch) for branch in followups.branch_id}
        orphans = followups.filtered(
            lambda followup: followup.user_id not in workers[followup.branch_id]
        )
        self.env["kpb.assignment"]._hand_over(orphans)
        (followups - orphans)._follow_activities()
        (followups - orphans)._project_activities()

    @api.model
    def _broken_domain(self):
        """Return the domain of open follow-ups that can be put right.

        What has nobody, and nobody to be had, is not among them: it stays on its list.
        """
        owned = Domain("user_id", "!=", False)
        branches = self.env["kpb.branch"].search([("active", "in", (True, False))])
        stray = Domain.OR(
            owned
            & Domain("branch_id", "=", branch.id)
            & Domain("user_id", "not in", self._workers(branch).ids)
            for branch in branches
        )
        followup = self.env["kpb.followup"]
        bare, misplaced = owned & followup._bare_domain(), owned & followup._misplaced_domain()
        return followup._open_domain() & (bare | misplaced | stray | self._helpable())

    @api.model
    def _workers(self, branch):
        """Return who can be given a branch's calls today: members, here or above, not on leave."""
        lines = branch._lineage().member_ids
        return lines.filtered(lambda line: line._is_available()).user_id

    @api.model
    def _end_activities(self, followups):
        followups._own_activities().with_context(**QUIET).action_archive()

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
