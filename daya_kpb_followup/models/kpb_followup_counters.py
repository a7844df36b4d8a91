from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: More lists than a screen can show the numbers of.
MAX_COUNTED = 12


class KpbFollowup(models.Model):
    """The numbers above a caller's list, each the length of the list that it opens."""

    _inherit = "kpb.followup"

    _appointment_day = models.Index("(appointment_at, branch_id) WHERE appointment_at IS NOT NULL")
    _nobody = models.Index("(branch_id) WHERE user_id IS NULL AND state IN ('todo', 'appointment')")

    @api.model
    @api.readonly
    def call_counts(self, domains):
        """Return how many follow-ups each of several lists holds, and the reader's unit tasks.

        :param dict domains: name → domain, as the search view's filters tell it
        :return: dict with ``calls`` (dict name → number) and ``tasks`` (the number of units)
        :raises UserError: not a dictionary, or too many lists at once
        """
        if not isinstance(domains, dict) or len(domains) > MAX_COUNTED:
            raise UserError(
                self.env._("Counters: give up to %s domains, each under its name.", MAX_COUNTED)
            )
        return {
            "calls": {name: self.search_count(domain) for name, domain in domains.items()},
            "tasks": self.env["kpb.purchase"].search_count(self._unit_tasks_domain()),
        }

    @api.model
    def _unit_tasks_domain(self):
        """Return the domain of units with something to do for the reader that is no call.

        An STNK to chase, for one, or data to correct: what the filter *My Tasks* shows.
        """
        return Domain("activity_ids.user_id", "=", self.env.uid)
