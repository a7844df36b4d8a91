from odoo import api, models
from odoo.fields import Domain

from .kpb_purchase import UNIT_NUMBERS

#: More customers of a name are not looked for one by one.
MOST_CUSTOMERS = 2000


class KpbPurchase(models.Model):
    """Finding a unit among a million by what a customer says: plate, engine, chassis or name."""

    _inherit = "kpb.purchase"

    @api.model
    def _search_display_name(self, operator, value):
        """Return the domain of units whose number or customer has a text in it.

        The customers are looked up first, so that each part of the answer has its index.
        """
        if operator != "ilike" or not isinstance(value, str) or not value.strip():
            return super()._search_display_name(operator, value)
        # sudo: only units that the user may see are found
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        ids = list(partners._search([("name", "ilike", value)], limit=MOST_CUSTOMERS + 1))
        if len(ids) > MOST_CUSTOMERS:
            return super()._search_display_name(operator, value)
        numbers = Domain.OR(Domain(name, "ilike", value) for name in UNIT_NUMBERS)
        return numbers | Domain("partner_id", "in", ids)
