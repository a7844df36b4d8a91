from odoo import api, fields, models


class KpbBranchMerge(models.TransientModel):
    """The dialog in which a branch goes over into another one."""

    _name = "kpb.branch.merge"
    _description = "Merge a Branch"

    branch_id = fields.Many2one("kpb.branch", required=True, readonly=True)
    into_id = fields.Many2one(
        "kpb.branch",
        "Merge Into",
        required=True,
        domain="[('id', '!=', branch_id), ('merged_into_id', '=', False)]",
    )
    with_members = fields.Boolean(
        "People Come Along", default=True, help="In the same roles; who has one there keeps it."
    )
    unit_count = fields.Integer(compute="_compute_counts")
    call_count = fields.Integer(compute="_compute_counts")
    member_count = fields.Integer(compute="_compute_counts")

    @api.depends("branch_id")
    def _compute_counts(self):
        for merge in self:
            merge.unit_count = merge.branch_id.purchase_count
            merge.call_count = merge.branch_id.open_followup_count
            merge.member_count = len(merge.branch_id.member_ids)

    def action_merge(self):
        """Close the branch; its units and calls move within minutes.

        :raises UserError: the branches do not go together
        """
        self.ensure_one()
        self.branch_id.check_access("write")
        self.branch_id._merge_into(self.into_id, self.with_members)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(branch)s is closed. Its %(units)s units move to %(other)s now.",
                    branch=self.branch_id.name,
                    units=self.unit_count,
                    other=self.into_id.name,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
