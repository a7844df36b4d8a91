from odoo import models


class KpbPurchase(models.Model):
    """What people do with a card on the customers' board."""

    _inherit = "kpb.purchase"

    def action_ask_lost(self):
        """Open the dialog that asks for the reason before LOST is set."""
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id("daya_kpb_followup.kpb_lost_action")
        return {**action, "context": {"active_ids": self.ids}}

    def action_ask_transfer(self):
        """Open the dialog that asks who has the unit now."""
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "daya_kpb_followup.kpb_transfer_action"
        )
        return {**action, "context": {"active_id": self.id}}

    def action_drop(self, stage_id):
        """Answer a card that was dragged to a column: ask for the reason, or say why not.

        :param int stage_id: id of the ``kpb.stage`` of the column
        :return: the action to take: the dialog that asks, or a notification
        """
        self.ensure_one()
        self.check_access("write")
        lost = self.env.ref("daya_kpb_followup.kpb_stage_lost")
        if stage_id == lost.id and self.status not in ("lost", "stopped"):
            return self.action_ask_lost()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "warning", "message": self._why_not_dropped()},
        }

    def _why_not_dropped(self):
        if self.status in ("lost", "stopped"):
            return self.env._(
                "%s was given up. Reopen it, or record a service in the group: the stage follows.",
                self.display_name,
            )
        return self.env._(
            "The stage follows from the facts. Log the result of a call, record a visit, or drag"
            " the card to LOST."
        )
