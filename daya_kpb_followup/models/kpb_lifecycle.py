from odoo import api, models


class KpbLifecycle(models.AbstractModel):
    """What the calendar does to schedules and customers once a day."""

    _name = "kpb.lifecycle"
    _description = "Life Cycle"

    @api.model
    def _cron_lifecycle(self):
        """Scheduled action: ask the owners for the yearly review of their procedures (P10)."""
        self.env["kpb.job"]._require_system()
        head_office = self.env["kpb.branch"].search([("parent_id", "=", False)], limit=1)
        if head_office:
            self.env["kpb.schedule"]._remind_owner(head_office._today())
