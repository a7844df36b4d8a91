from odoo import fields, models


class KpbEscalationReply(models.TransientModel):
    """The small dialog in which an escalation is answered: the story, and a text."""

    _name = "kpb.escalation.reply"
    _description = "Reply to an Escalation"

    escalation_id = fields.Many2one(
        "kpb.escalation", required=True, readonly=True, ondelete="cascade"
    )
    resolved = fields.Boolean(readonly=True)
    text = fields.Text("Reply", required=True)
    story_short = fields.Text(related="escalation_id.story_short")
    skipped_note = fields.Char(related="escalation_id.skipped_note")

    def action_reply(self):
        """Send the reply; whoever may not see the escalation any more returns to the board.

        :raises UserError: the text is empty, or somebody has answered in the meantime
        :raises AccessError: neither the addressee nor a manager of the unit's branch
        """
        self.ensure_one()
        escalation = self.escalation_id
        escalation.reply(self.text, self.resolved)
        if escalation.has_access("read"):
            return {"type": "ir.actions.act_window_close"}
        board = self.env["ir.actions.act_window"]._for_xml_id(
            "daya_kpb_followup.kpb_escalation_action"
        )
        return {**board, "target": "main"}
