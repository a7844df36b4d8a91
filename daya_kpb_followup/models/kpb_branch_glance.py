from odoo import fields, models
from odoo.fields import Domain


class KpbBranch(models.Model):
    """The branch's figures on its smart buttons, and the way to the rows behind them."""

    _inherit = "kpb.branch"

    purchase_count = fields.Integer("Units", compute="_compute_purchase_count")
    open_followup_count = fields.Integer("Open Calls", compute="_compute_open_followup_count")

    def _compute_purchase_count(self):
        self._count_rows("kpb.purchase", Domain.TRUE, "purchase_count")

    def _compute_open_followup_count(self):
        open_domain = self.env["kpb.followup"]._open_domain()
        self._count_rows("kpb.followup", open_domain, "open_followup_count")

    def _count_rows(self, model, domain, field_name):
        counts = dict(
            self.env[model]._read_group(
                Domain("branch_id", "in", self.ids) & domain, ["branch_id"], ["__count"]
            )
        )
        for branch in self:
            branch[field_name] = counts.get(branch, 0)

    # actions
    def action_view_purchases(self):
        """Open the units sold by the branch."""
        return self._open_rows("daya_kpb_followup.kpb_purchase_action")

    def action_view_followups(self):
        """Open the branch's open follow-ups."""
        action = self._open_rows("daya_kpb_followup.kpb_followup_action")
        return {**action, "context": {"search_default_open": 1}}

    def _open_rows(self, action_id):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(action_id)
        return {**action, "domain": [("branch_id", "=", self.id)], "context": {}}
