from odoo import api, fields, models
from odoo.fields import Domain


class KpbBranch(models.Model):
    """Whose the branch is, asked in a way that a million units can be searched by.

    The record rules ask for ``is_mine``. It becomes the ids of the user's few branches, so that a
    list, a board or a counter reads the index of those branches; a path through ``access_user_ids``
    would be looked up for every unit of the group. The ids are read once for each request and kept
    no longer: whoever leaves a branch sees nothing of it with the next click.
    """

    _inherit = "kpb.branch"

    is_mine = fields.Boolean(
        "Mine",
        compute="_compute_is_mine",
        search="_search_is_mine",
        compute_sudo=True,
        help="The user is a member of this branch, or of one above it.",
    )

    @api.depends("access_user_ids")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self._ids_of_mine()
        for branch in self:
            branch.is_mine = branch._origin.id in mine

    @api.model
    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = Domain("id", "in", self._ids_of_mine())
        return mine if True in value else ~mine

    @api.model
    def _ids_of_mine(self):
        """Return the ids of the user's branches, archived ones among them."""
        self.sudo().flush_model(["access_user_ids"])  # sudo: kept by the engine
        return self.env.user.sudo().kpb_branch_ids._ids  # sudo: administrators' field
