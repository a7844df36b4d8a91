from odoo import api, models

from .kpb_lost_episode import TOLD


class KpbPurchase(models.Model):
    """Every change of standing from or to at risk and LOST is kept with its days."""

    _inherit = "kpb.purchase"

    @api.model_create_multi
    def create(self, vals_list):
        """Register units; an imported one may be LOST already."""
        units = super().create(vals_list)
        told = units.filtered(lambda unit: unit.status in TOLD)
        if told:
            # sudo: the ledger is written by the engine only
            self.env["kpb.lost.episode"].sudo()._turn(told.sudo())
        return units

    def write(self, vals):
        """Change units, and note what becomes of their standing."""
        turned = self.browse()
        if "status" in vals:
            # sudo: only the standing is compared
            turned = self.sudo().filtered(
                lambda unit: (
                    unit.status != vals["status"] and {unit.status, vals["status"]} & set(TOLD)
                )
            )
        done = super().write(vals)
        if turned:
            turned.env["kpb.lost.episode"]._turn(turned)
        return done
