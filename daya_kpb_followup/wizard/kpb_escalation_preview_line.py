from odoo import fields, models


class KpbEscalationPreviewLine(models.TransientModel):
    """One call of a dry run: who would be asked about it, or why nobody."""

    _name = "kpb.escalation.preview.line"
    _description = "Line of a Dry Run"

    preview_id = fields.Many2one(
        "kpb.escalation.preview", required=True, readonly=True, ondelete="cascade"
    )
    followup_id = fields.Many2one("kpb.followup", readonly=True, ondelete="cascade")
    branch_id = fields.Many2one(related="followup_id.branch_id")
    deadline = fields.Date(related="followup_id.deadline")
    user_id = fields.Many2one("res.users", "Would Be Asked", readonly=True, ondelete="cascade")
    level_id = fields.Many2one("kpb.escalation.level", "Station", readonly=True, ondelete="cascade")
    note = fields.Char("Passed Over, or Why Not", readonly=True)
