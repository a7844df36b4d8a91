from odoo import fields, models


class KpbRole(models.Model):
    """A role of the procedures: who makes a call, and who answers when it is not made (S1, S5)."""

    _name = "kpb.role"
    _description = "Follow-up Role"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short name in the procedures' rules, for example admin_crm_h2."
    )
    sequence = fields.Integer(default=10)
    description = fields.Char(translate=True)

    _code_unique = models.UniqueIndex("(code)", "A role with this code exists already.")
