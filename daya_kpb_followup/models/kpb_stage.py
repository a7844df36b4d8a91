from odoo import fields, models


class KpbStage(models.Model):
    """A column of the customers board. Which one a purchase stands in follows from the facts."""

    _name = "kpb.stage"
    _description = "Customer Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    fold = fields.Boolean("Folded in Kanban")
