from odoo import api, fields, models
from odoo.tools import SQL

from ..rules.measures import NOT_REACHED
from ..rules.outcomes import Outcome
from ..tools.columns import add_columns
from .kpb_attempt import CHANNELS

SATURDAY = 5
COLUMNS = (
    "first_call_at",
    "first_contact_at",
    "first_appointment_at",
    "last_channel",
    "weekend_appointment",
)


class KpbFollowup(models.Model):
    """When a customer was called, reached and agreed to come: read by millions of rows at once.

    They follow from the attempts that count: an outcome was logged, and nobody has undone it.
    """

    _inherit = "kpb.followup"

    first_call_at = fields.Datetime("First Called", compute="_compute_first_times", store=True)
    first_contact_at = fields.Datetime("First Reached", compute="_compute_first_times", store=True)
    first_appointment_at = fields.Datetime(
        "First Agreed to Come", compute="_compute_first_times", store=True
    )
    last_channel = fields.Selection(
        CHANNELS, "Channel of the Last Try", compute="_compute_first_times", store=True
    )
    weekend_appointment = fields.Boolean(compute="_compute_first_times", store=True)

    _planned = models.Index("(planned_date, branch_id)")

    def _auto_init(self):
        """Fill the columns by one statement; the ORM would take hours for millions of calls."""
        if add_columns(self, *COLUMNS):
            self.pool.post_init(self._fill_first_times)
        return super()._auto_init()

    @api.depends("attempt_ids.undone", "attempt_ids.appointment_at")
    def _compute_first_times(self):
        for call in self:
            counted = call.attempt_ids.filtered(
                lambda attempt: attempt.outcome and not attempt.undone
            ).sorted("id")
            reached = counted.filtered(lambda attempt: attempt.outcome not in NOT_REACHED)
            agreed = counted.filtered(lambda attempt: attempt.outcome == Outcome.WILL_COME)
            call.first_call_at = min(counted.mapped("date"), default=False)
            call.first_contact_at = min(reached.mapped("date"), default=False)
            call.first_appointment_at = min(agreed.mapped("date"), default=False)
            call.last_channel = counted[-1:].channel
            call.weekend_appointment = any(
                call.branch_id._local(attempt.appointment_at).weekday() >= SATURDAY
                for attempt in agreed
                if attempt.appointment_at
            )

    @api.model
    def _fill_first_times(self):
        """Fill the columns of every call from its attempts."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE kpb_followup AS call
                   SET first_call_at = said.first_call_at,
                       first_contact_at = said.first_contact_at,
                       first_appointment_at = said.first_appointment_at,
                       last_channel = said.last_channel,
                       weekend_appointment = said.weekend_appointment
                  FROM (
                      SELECT attempt.followup_id,
                             min(date) AS first_call_at,
                             min(date) FILTER (WHERE outcome <> ALL(%(not_reached)s))
                                AS first_contact_at,
                             min(date) FILTER (WHERE outcome = 'will_come')
                                AS first_appointment_at,
                             (array_agg(channel ORDER BY attempt.id DESC))[1] AS last_channel,
                             COALESCE(bool_or(extract(isodow FROM attempt.appointment_at
                                 AT TIME ZONE 'UTC' AT TIME ZONE branch.tz) > 5)
                                 FILTER (WHERE outcome = 'will_come'), false)
                                AS weekend_appointment
                        FROM kpb_attempt AS attempt
                        JOIN kpb_followup ON kpb_followup.id = attempt.followup_id
                        JOIN kpb_branch AS branch ON branch.id = kpb_followup.branch_id
                       WHERE outcome IS NOT NULL AND NOT COALESCE(undone, false)
                       GROUP BY attempt.followup_id
                  ) AS said
                 WHERE said.followup_id = call.id
                """,
                not_reached=[outcome.value for outcome in NOT_REACHED],
            )
        )
