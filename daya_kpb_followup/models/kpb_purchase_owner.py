from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class KpbPurchase(models.Model):
    """Whose unit it is: it changes hands, and its owner buys the next one (P9)."""

    _inherit = "kpb.purchase"

    replaces_id = fields.Many2one(
        "kpb.purchase",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The unit whose offer led to this purchase.",
    )
    replaced_by_ids = fields.One2many("kpb.purchase", "replaces_id")

    @api.model_create_multi
    def create(self, vals_list):
        """Register units; one bought by a prospect is linked to the offer."""
        units = super().create(vals_list)
        # sudo: the offer may have been made by another branch
        units.sudo()._link_to_offers()
        return units

    def write(self, vals):
        """Change units; open calls go with the owner."""
        done = super().write(vals)
        if "partner_id" in vals:
            # sudo: also calls of other branches
            self.sudo().followup_ids._follow_owner()
        return done

    def action_transfer(self, partner_id, note=None):
        """Hand the unit and the calls that are left to its new owner.

        :param int partner_id: id of the new owner, a ``res.partner``
        :param str note: in words
        :raises UserError: without a new owner, or when he has the unit already
        """
        self.ensure_one()
        self.check_access("write")
        owner = self.env["res.partner"].browse(partner_id).exists()
        if not owner:
            raise UserError(self.env._("New owner: choose or enter one."))
        if owner == self.partner_id:
            raise UserError(self.env._("New owner: %s has this unit already.", owner.display_name))
        before = self.partner_id.name
        unit = self.sudo()  # sudo: the standing is the engine's
        unit.partner_id = owner
        unit.pardoned_date = unit.branch_id._today()
        if unit.status != "active":
            unit._come_back()
        unit.followup_ids._return_to_new_owner()
        unit.message_post(
            body=self.env._(
                "The unit changed hands: %(before)s → %(after)s. Calls go to the new owner."
                " %(note)s",
                before=before,
                after=owner.name,
                note=note or "",
            )
        )

    def _link_to_offers(self):
        """Link each unit to the youngest unit with whose offer the buyer had agreed.

        Who he is tells the opportunity: the old unit may have gone to somebody else meanwhile.
        """
        offers = self.search(
            Domain("replaced_by_ids", "=", False)
            & (
                Domain("lead_id.partner_id", "in", self.partner_id.ids)
                | Domain("partner_id", "in", self.partner_id.ids)
                & Domain("status", "=", "prospect")
                & Domain("lead_id", "=", False)
            ),
            order="purchase_date desc, id desc",
        )
        for unit in self.filtered(lambda unit: not unit.replaces_id):
            old = offers.filtered(
                lambda offer, unit=unit: (
                    (offer.lead_id or offer).partner_id == unit.partner_id
                    and offer.purchase_date < unit.purchase_date
                )
            )[:1]
            if old:
                offers -= old
                unit.replaces_id = old
                old.lead_id.kpb_new_purchase_id = unit
                old.message_post(body=self.env._("The customer bought again: %s", unit.unit))
