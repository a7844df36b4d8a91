from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules.identity import IdentityRefused, parse_nik, parse_phone

#: Set by the forms in which a contact becomes a customer before he has a unit.
IS_CUSTOMER = "kpb_customer"


class ResPartner(models.Model):
    """NIK and phone as people enter them: stored one way, nonsense refused.

    Superuser mode, in which imports and corrections by phone run, has understood them before.
    """

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        """Add contacts with clean numbers.

        :raises UserError: a number that cannot be right, with an example of one that can
        """
        if not self.env.su:
            customer = self.env.context.get(IS_CUSTOMER)
            vals_list = [self._kpb_clean_numbers(vals, customer) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        """Change contacts; a number that differs from the one on file is cleaned first.

        :raises UserError: a number that cannot be right, with an example of one that can
        """
        if self.env.su or not self._kpb_has_new_number(vals):
            return super().write(vals)
        customers = self if self.env.context.get(IS_CUSTOMER) else self._kpb_customers()
        clean = customers._kpb_clean_numbers(vals, True) if customers else {}
        others = self - customers
        clean_others = others._kpb_clean_numbers(vals, False) if others else {}
        done = super(ResPartner, customers).write(clean)
        return super(ResPartner, others).write(clean_others) and done

    def _kpb_has_new_number(self, vals):
        # sudo: only compared; whether the writer may change it is checked by the write
        return any(
            vals.get(name) and any(partner[name] != vals[name] for partner in self.sudo())
            for name in ("nik", "phone")
        )

    def _kpb_customers(self):
        """Return those who have a unit, in any branch."""
        # sudo: a customer of another branch is a customer as well
        return self & self.env["kpb.purchase"].sudo().search(
            [("partner_id", "in", self.ids)]
        ).partner_id.sudo(False)

    def _kpb_clean_numbers(self, vals, customer):
        """Return values with the numbers as they are stored.

        :param dict vals: of ``create`` or ``write``
        :param customer: whether the contact is a customer, whose phone is to be called
        :raises UserError: a NIK, or the phone that one of us enters, that cannot be right
        """
        clean = dict(vals)
        try:
            if vals.get("nik"):
                today = fields.Date.context_today(self)
                clean["nik"] = parse_nik(vals["nik"], as_of=today).nik
            if customer and vals.get("phone"):
                clean["phone"] = parse_phone(vals["phone"]).e164
        except IdentityRefused as refused:
            is_ours = self.env.user.has_group("daya_kpb_followup.kpb_group_user")
            if is_ours or refused.code.startswith("nik_"):
                raise UserError(self.env["kpb.identity.text"]._sentence(refused)) from None
        return clean
