from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.columns import add_columns


class KpbAttempt(models.Model):
    """The time that was agreed in a try stays with it, also when the customer did not come (S4)."""

    _inherit = "kpb.attempt"

    appointment_at = fields.Datetime("Agreed For", readonly=True)

    def _auto_init(self):
        """Take over the appointments that stand, before the ORM meets an empty column."""
        if add_columns(self, "appointment_at"):
            self.pool.post_init(self._fill_appointments)
        return super()._auto_init()

    @api.model
    def _fill_appointments(self):
        """Give the time that is agreed now to the try in which it was agreed."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE kpb_attempt AS attempt SET appointment_at = call.appointment_at
                  FROM kpb_followup AS call
                 WHERE call.appointment_at IS NOT NULL
                   AND attempt.id = (
                       SELECT max(id) FROM kpb_attempt
                        WHERE followup_id = call.id AND outcome = 'will_come'
                          AND NOT COALESCE(undone, false))
                """
            )
        )
