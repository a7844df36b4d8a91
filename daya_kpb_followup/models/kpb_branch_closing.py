from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class KpbBranch(models.Model):
    """A branch that closes, or goes over into another one, leaves no customer behind.

    Closed, its calls go to the next right person above it. Merged, its units, their calls and
    escalations move to the other branch, piece by piece in the reconciliation.
    """

    _inherit = "kpb.branch"

    merged_into_id = fields.Many2one(
        "kpb.branch", readonly=True, copy=False, ondelete="restrict", help="Where its units went."
    )

    @api.constrains("active", "merged_into_id")
    def _check_merged_stays_closed(self):
        for branch in self:
            if branch.active and branch.merged_into_id:
                raise UserError(
                    self.env._(
                        "%(branch)s was merged into %(other)s and stays closed. Create a new"
                        " branch instead.",
                        branch=branch.name,
                        other=branch.merged_into_id.name,
                    )
                )

    def write(self, vals):
        """Change branches; the calls of one that closes are looked after soon."""
        done = super().write(vals)
        if {"active", "parent_id"} & vals.keys():
            self.env["kpb.branch.member"]._wake_reconciler()
        return done

    # actions
    def action_merge(self):
        """Ask into which branch this one goes over."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge %s into…", self.name),
            "res_model": "kpb.branch.merge",
            "view_mode": "form",
            "target": "new",
            "context": {"default_branch_id": self.id},
        }

    # business
    def _merge_into(self, other, with_members):
        """Close the branch in favour of another one.

        :param other: the ``kpb.branch`` that takes over
        :param bool with_members: whether the people come along in their roles
        """
        self.ensure_one()
        if other == self or not other.active:
            raise UserError(self.env._("Merge into: choose another branch that is open."))
        if self in other._lineage():
            raise UserError(
                self.env._("Merge into: %s lies below this branch. Move it first.", other.name)
            )
        if with_members:
            known = {(line.role_id, line.user_id) for line in other.member_ids}
            other.member_ids = [
                Command.create(
                    {
                        "role_id": line.role_id.id,
                        "user_id": line.user_id.id,
                        "leave_from": line.leave_from,
                        "leave_to": line.leave_to,
                    }
                )
                for line in self.member_ids
                if (line.role_id, line.user_id) not in known
            ]
        self.with_context(active_test=False).search([("parent_id", "=", self.id)]).parent_id = other
        self.write({"active": False, "merged_into_id": other.id})

    @api.model
    def _move_merged(self):
        """Move what is left of merged branches to those that took them over."""
        merged = self.with_context(active_test=False).search([("merged_into_id", "!=", False)])
        self.env["kpb.job"]._work_off(
            self.env["kpb.purchase"],
            Domain("branch_id", "in", merged.ids),
            lambda units: self._move_units(units),
        )

    @api.model
    def _move_units(self, units):
        for branch, group in units.grouped("branch_id").items():
            other = branch.merged_into_id
            while other.merged_into_id:
                other = other.merged_into_id
            # the calls first, so that those who came along keep theirs
            group.followup_ids.write({"branch_id": other.id})
            group.followup_ids.escalation_ids.write({"branch_id": other.id})
            group.with_context(kpb_merging=True).write({"branch_id": other.id})
            body = self.env._(
                "%(branch)s was merged into %(other)s.", branch=branch.name, other=other.name
            )
            group._message_log_batch(dict.fromkeys(group.ids, body))
