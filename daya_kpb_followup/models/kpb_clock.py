import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

_logger = logging.getLogger(__name__)

#: A day farther ahead of the last complete one is believed only when a person says so.
FARTHEST = timedelta(days=40)
#: Where it is kept up to which day a person has confirmed the date.
PARAMETER = "daya_kpb_followup.clock_confirmed"


class KpbClock(models.AbstractModel):
    """Whether today's date can be relied on: a server's clock may be wrong.

    A clock that is a year ahead would expire every open call, escalate them all and bring a year's
    worth of new ones. So scheduled work stops when today lies more than forty days after the last
    day that was complete in any branch, until an administrator says that the date is right: there
    are outages that long. A new branch has no such day and is measured by the others; a new
    database knows none at all and begins. A clock that goes back takes nothing away.
    """

    _name = "kpb.clock"
    _description = "Trust in the Clock"

    @api.model
    def _is_plausible(self):
        """Return whether scheduled work may rely on today's date; say so in the log if not."""
        held_since = self._held_since()
        if held_since:
            _logger.warning(
                "Scheduled work waits for an administrator: the last complete day is %s, more"
                " than %s days ago by the server's clock",
                held_since,
                FARTHEST.days,
            )
        return not held_since

    @api.model
    def _held_since(self):
        """Return the last day that can be relied on when today is too far from it, else None."""
        branches = self.env["kpb.branch"].with_context(active_test=False).search([])
        # sudo: the parameter is ours, and says nothing but a day
        confirmed = self.env["ir.config_parameter"].sudo().get_param(PARAMETER)
        days = [*branches.mapped("generated_as_of"), self._as_day(confirmed)]
        today = max((branch._today() for branch in branches), default=None)
        # what was confirmed while the clock was wrong says nothing once it is right
        last = max((day for day in days if day and day <= today), default=None)
        return last if last and today - last > FARTHEST else None

    @api.model
    def _as_day(self, text):
        """Return the day that a parameter holds, None when it holds none that can be read."""
        try:
            return fields.Date.to_date(text or None)
        except ValueError:
            return None

    @api.model
    def _confirm(self):
        """Rely on today's date, whatever it is, and let the work go on at once.

        :raises AccessError: for anybody but a KPB administrator
        """
        if not (self.env.su or self.env.user.has_group("daya_kpb_followup.kpb_group_admin")):
            raise AccessError(self.env._("Only a KPB administrator can confirm the date."))
        today = max(branch._today() for branch in self.env["kpb.branch"].search([]))
        # sudo: an administrator of KPB is none of the whole system
        self.env["ir.config_parameter"].sudo().set_param(PARAMETER, today)
        self.env.ref("daya_kpb_followup.ir_cron_kpb_generate").sudo()._trigger()  # sudo: as above
        _logger.info("The date %s was confirmed by user %s", today, self.env.uid)

    @api.model
    def _why_held(self):
        """Return in words why scheduled work waits and what to do, or None."""
        held_since = self._held_since()
        if not held_since:
            return None
        today = max(branch._today() for branch in self.env["kpb.branch"].search([]))
        return self.env._(
            "Scheduled work has stopped. The server says it is %(today)s, but the last complete"
            " day is %(last)s. If the date is wrong, have the server's clock set right. If it is"
            " right, a KPB administrator presses Go On under Needs Attention.",
            today=format_date(self.env, today),
            last=format_date(self.env, held_since),
        )
