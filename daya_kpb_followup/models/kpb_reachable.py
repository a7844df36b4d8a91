import re

from odoo import api, fields, models
from odoo.fields import Domain

from ..rules.identity import IdentityRefused, parse_phone


class KpbReachable(models.AbstractModel):
    """A record whose customer is called: shows and finds the phone the way people write it."""

    _name = "kpb.reachable"
    _description = "Customer to Be Called"

    phone = fields.Char(compute="_compute_phone", search="_search_phone", compute_sudo=True)

    @api.depends("partner_id.phone")
    def _compute_phone(self):
        for record in self:
            stored = record.partner_id.phone
            try:
                record.phone = parse_phone(stored).display() if stored else False
            except IdentityRefused:
                record.phone = stored

    @api.model
    def _search_phone(self, operator, value):
        """Find by any part of the number, however it is written; it is stored as +62…"""
        if operator not in ("ilike", "=", "in") or not value:
            return Domain("partner_id.phone", operator, value)
        numbers = [value] if isinstance(value, str) else [number for number in value if number]
        # sudo: only records that the user may see are found
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        return Domain.OR(
            Domain("partner_id", "in", partners._search(self._phone_domain(number)))
            for number in numbers
        )

    @api.model
    def _phone_domain(self, number):
        """Return the domain of customers with a part of a number in their phone.

        ``phone_mobile_search`` has an index, and wants three characters.
        """
        digits = re.sub(r"\D", "", number).removeprefix("0")
        name = "phone_mobile_search" if len(digits) >= 3 else "phone"
        return Domain(name, "ilike", digits)
