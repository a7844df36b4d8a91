from odoo import fields, models


class KpbLostReason(models.Model):
    """Why a customer went to another dealer (S3)."""

    _name = "kpb.lost.reason"
    _description = "Reason for LOST"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
