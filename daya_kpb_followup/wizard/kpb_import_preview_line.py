from odoo import fields, models

#: What may become of a row, in the order in which a person wants to see it.
OUTCOME_ORDER = ("rejected", "created", "updated", "unchanged")


class KpbImportPreviewLine(models.TransientModel):
    """One row of a file: what the import would make of it."""

    _name = "kpb.import.preview.line"
    _description = "Row of an Import's Preview"
    _order = "order, line"

    preview_id = fields.Many2one(
        "kpb.import.preview", required=True, readonly=True, ondelete="cascade"
    )
    order = fields.Integer(readonly=True)
    line = fields.Integer(readonly=True)
    state = fields.Selection("_outcomes", "What Will Happen", readonly=True)
    customer_name = fields.Char(readonly=True)
    chassis_number = fields.Char(readonly=True)
    text = fields.Text("Why, or What to Know", readonly=True)

    def _outcomes(self):
        states = self.env["kpb.import.row"]._fields["state"]
        labels = dict(states._description_selection(self.env))
        return [(state, labels[state]) for state in OUTCOME_ORDER]
