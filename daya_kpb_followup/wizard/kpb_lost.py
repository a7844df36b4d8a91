from odoo import api, fields, models


class KpbLost(models.TransientModel):
    """Asks for the reason before a person sets units LOST (decision 6)."""

    _name = "kpb.lost"
    _description = "Set LOST"

    purchase_ids = fields.Many2many(
        "kpb.purchase", string="Units", default=lambda self: self._default_purchase_ids()
    )
    reason_id = fields.Many2one("kpb.lost.reason", "Reason for LOST", required=True)
    note = fields.Char("Remarks")

    @api.model
    def _default_purchase_ids(self):
        return self.env["kpb.purchase"].browse(self.env.context.get("active_ids", []))

    def action_confirm(self):
        """Set the units LOST."""
        self.ensure_one()
        self.purchase_ids.action_set_lost(self.reason_id.id, self.note)
        return {"type": "ir.actions.act_window_close"}
