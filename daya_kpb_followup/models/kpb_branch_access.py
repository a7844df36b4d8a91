from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class KpbBranch(models.Model):
    """Whose the branch is, asked in a way that a million units can be searched by.

    The record rules ask for ``is_mine``. It becomes the ids of the user's few branches, so that a
    list, a board or a counter reads the index of those branches; a path through ``access_user_ids``
    would be looked up for every unit of the group. The ids are read for each search and kept
    nowhere: whoever leaves a branch sees nothing of it with the next click.
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
        for branch in self:
            branch.is_mine = self.env.user in branch.access_user_ids

    @api.model
    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.sudo().flush_model(["access_user_ids"])  # sudo: kept by the engine
        rows = self.env.execute_query(
            SQL("SELECT branch_id FROM kpb_branch_access_rel WHERE user_id = %s", self.env.uid)
        )
        mine = Domain("id", "in", [branch_id for (branch_id,) in rows])
        return mine if True in value else ~mine
