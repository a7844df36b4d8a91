from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

#: Hours until the next try after the first, second, … failure; the last one repeats.
RETRY_HOURS = (1, 4, 12, 24)


class KpbParkable(models.AbstractModel):
    """A record that a scheduled job could not handle stands aside with its error.

    It is listed under "Needs attention", tried again with growing gaps, counted, never dropped,
    and never in the way of the others.
    """

    _name = "kpb.parkable"
    _description = "Work That May Be Parked"

    park_error = fields.Char("Problem", readonly=True, copy=False)
    park_count = fields.Integer("Failed Tries", readonly=True, copy=False)
    park_retry_at = fields.Datetime("Next Try", readonly=True, copy=False)

    _parked = models.Index("(park_retry_at) WHERE park_count > 0")

    @api.model
    def _not_parked_domain(self):
        """Return the domain of records that are not parked, or whose next try has come."""
        return Domain("park_retry_at", "=", False) | Domain(
            "park_retry_at", "<=", fields.Datetime.now()
        )

    def _park(self, error):
        """Put the records aside until their next try.

        :param Exception error: what went wrong; its kind and first line are kept for people
        """
        first_line = (str(error).strip().splitlines() or [""])[0][:200]
        for record in self:
            gap = RETRY_HOURS[min(record.park_count, len(RETRY_HOURS) - 1)]
            record.write(
                {
                    "park_error": f"{type(error).__name__}: {first_line}",
                    "park_count": record.park_count + 1,
                    "park_retry_at": fields.Datetime.now() + timedelta(hours=gap),
                }
            )

    def _unpark(self):
        """Clear the traces of earlier failures of records that went well."""
        self.filtered("park_count").write(
            {"park_error": False, "park_count": 0, "park_retry_at": False}
        )

    def action_retry(self):
        """Let the next run of the job try the parked records again at once."""
        self.check_access("write")
        self.sudo().write({"park_retry_at": fields.Datetime.now()})  # sudo: readonly for people
