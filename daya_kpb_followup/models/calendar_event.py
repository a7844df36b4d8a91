from odoo import api, models


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    @api.model
    def _get_activity_excluded_models(self):
        """An appointment brings no second activity: the follow-up has its own already."""
        return [*super()._get_activity_excluded_models(), "kpb.followup"]
