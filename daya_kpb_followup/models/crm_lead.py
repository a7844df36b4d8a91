from odoo import fields, models


class CrmLead(models.Model):
    """An opportunity that came from the offer at 36 months: one for each accepted offer (P9)."""

    _inherit = "crm.lead"

    kpb_purchase_id = fields.Many2one("kpb.purchase", "Old Unit", readonly=True, copy=False)
    kpb_branch_id = fields.Many2one("kpb.branch", "KPB Branch", readonly=True, copy=False)
    kpb_new_purchase_id = fields.Many2one(
        "kpb.purchase", "New Unit", readonly=True, copy=False, index="btree_not_null"
    )

    _kpb_offer_once = models.UniqueIndex(
        "(kpb_purchase_id) WHERE kpb_purchase_id IS NOT NULL",
        "There is an opportunity from the offer for this unit already.",
    )

    def _merge_dependences(self, opportunities):
        """Merge opportunities; the units of those merged into this one point to it."""
        merged = super()._merge_dependences(opportunities)
        # sudo: the pointer from the unit is the engine's
        units = self.env["kpb.purchase"].sudo().search([("lead_id", "in", opportunities.ids)])
        units.lead_id = self
        (opportunities - self).write({"kpb_purchase_id": False})
        if units and not self.kpb_purchase_id:
            self.write({"kpb_purchase_id": units[0].id, "kpb_branch_id": units[0].branch_id.id})
        return merged
