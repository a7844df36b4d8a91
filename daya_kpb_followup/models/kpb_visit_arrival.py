from odoo import api, fields, models
from odoo.exceptions import ValidationError

RELATIONS = [
    ("owner", "Owner"),
    ("spouse", "Husband or Wife"),
    ("child", "Child"),
    ("parent", "Father or Mother"),
    ("friend", "Friend or Employee"),
    ("other", "Other"),
]


class KpbVisit(models.Model):
    """Who brought the unit, and whether the customer's data was validated in ODM (P6).

    A visit recorded as validated writes the ledger: every item on file counts as confirmed,
    unless the front desk names the items.
    """

    _inherit = "kpb.visit"

    brought_by = fields.Char(help="Who brought the unit, if not the owner.")
    brought_by_phone = fields.Char("Phone of Who Brought It")
    relation = fields.Selection(RELATIONS, "Relation to the Owner", default="owner")
    odm_validated = fields.Boolean(
        "Validated in ODM", help="The customer's data was validated in ODM while he was there."
    )
    odm_reference = fields.Char("ODM Number")
    odm_skipped = fields.Char("Why Not Validated in ODM")

    @api.constrains("odm_validated", "odm_reference")
    def _check_odm_reference(self):
        for visit in self:
            if visit.odm_reference and not visit.odm_validated:
                raise ValidationError(
                    self.env._(
                        "ODM Number of %s: tick “Validated in ODM”, or leave the number empty.",
                        visit.purchase_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Record visits; what was validated in ODM goes into the ledger."""
        visits = super().create(vals_list)
        named = self.env.context.get("kpb_odm_items")
        for visit in visits.filtered("odm_validated"):
            visit._validate_in_odm(named)
        return visits

    def _validate_in_odm(self, items=None):
        """Write confirmed items into the ledger.

        :param items: the items that the customer confirmed; None: all that are on file
        """
        self.ensure_one()
        # sudo: a sister branch validates the data of a unit that it may not see
        unit = self.sudo().purchase_id
        missing = unit._missing_items()
        known = self.env["kpb.validation"]._fields["item"].get_values(self.env)
        confirmed = [item for item in (known if items is None else items) if item not in missing]
        if confirmed:
            unit.validate_customer("odm", dict.fromkeys(confirmed, True), self.odm_reference)
