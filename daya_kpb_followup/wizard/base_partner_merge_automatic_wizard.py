from odoo import models
from odoo.exceptions import UserError

#: What follows from units and validations, which Odoo moves without telling the ORM.
COUNTED_ANEW = (
    "kpb_validated_on",
    "kpb_phone_validated_on",
    "kpb_odm_validated_on",
    "kpb_branch_id",
    "kpb_other_branch_ids",
    "kpb_salesperson_id",
    "kpb_customer_since",
)


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Two entries of one customer become one; Odoo moves units, calls and validations along."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Merge, but never two people: who merges need not be able to read a NIK."""
        # sudo: only compared, not shown
        partners = self.env["res.partner"].sudo().browse(partner_ids).exists()
        if len(set(partners.mapped("nik")) - {False}) > 1:
            raise UserError(
                self.env._(
                    "These customers have different KTP numbers, so they are different people."
                    " If one of the numbers is wrong, correct it first."
                )
            )
        return super()._merge(partner_ids, dst_partner, extra_checks)

    def _update_values(self, src_partners, dst_partner):
        """Take over values, and the NIK even from those who may not read it."""
        done = super()._update_values(src_partners, dst_partner)
        # sudo: the NIK is kept, not shown
        gone, customer = src_partners.sudo(), dst_partner.sudo()
        if not customer.nik:
            customer.nik = gone.filtered("nik")[:1].nik
        for name in COUNTED_ANEW:
            self.env.add_to_compute(customer._fields[name], customer)
        return done
