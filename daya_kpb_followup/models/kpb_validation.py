from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

ITEMS = [
    ("name", "Name"),
    ("address", "Address"),
    ("nik", "KTP Number"),
    ("phone", "Phone"),
    ("birth", "Place and Date of Birth"),
]
CHANNELS = [("phone", "By Phone"), ("odm", "In ODM")]


class KpbValidation(models.Model):
    """One data item that a customer confirmed or corrected (P3, P6). Written once, kept.

    A NIK stands here only by its last four digits.
    """

    _name = "kpb.validation"
    _description = "Data Validation"
    _order = "date desc, id desc"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    purchase_id = fields.Many2one("kpb.purchase", required=True, index=True, ondelete="cascade")
    branch_id = fields.Many2one(related="purchase_id.branch_id")
    item = fields.Selection(ITEMS, required=True)
    channel = fields.Selection(CHANNELS, required=True)
    old_value = fields.Char("Before")
    new_value = fields.Char("Now")
    changed = fields.Boolean()
    reference = fields.Char("ODM Number")
    user_id = fields.Many2one(
        "res.users", "By", required=True, default=lambda self: self.env.user, ondelete="restrict"
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)

    @api.depends("item", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        names = dict(self._fields["item"]._description_selection(self.env))
        for row in self:
            when = format_datetime(self.env, row.date, tz=row.branch_id.tz)
            row.display_name = f"{names.get(row.item, '')} · {when}"

    def _last_day(self):
        """Return the day of the last of these rows by the clock of its branch, False of none."""
        return max((row.branch_id._local(row.date).date() for row in self), default=False)

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse: the ledger is only added to."""
        raise UserError(self.env._("A validation is a record of what was said. Validate again."))
