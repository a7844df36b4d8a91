from odoo import api, fields, models


class KpbBranchMember(models.Model):
    """Who fills a role in a branch. One person may fill several roles, in several branches."""

    _name = "kpb.branch.member"
    _description = "Branch Member"
    _order = "branch_id, role_id, id"

    branch_id = fields.Many2one("kpb.branch", required=True, index=True, ondelete="cascade")
    role_id = fields.Many2one("kpb.role", required=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", required=True, index=True, ondelete="cascade")
    active = fields.Boolean(default=True)

    _member_unique = models.UniqueIndex(
        "(branch_id, role_id, user_id)", "This person fills this role in this branch already."
    )

    @api.depends("branch_id", "role_id", "user_id")
    def _compute_display_name(self):
        for member in self:
            member.display_name = f"{member.user_id.name} · {member.role_id.name}"
