from functools import partial

from odoo import Command, api, models
from odoo.fields import Domain


class KpbEscalation(models.Model):
    """A rule with nobody to ask says so on the call, and tries again once there is somebody.

    It holds up no other rule, and while nothing changes it writes nothing.
    """

    _inherit = "kpb.escalation"

    @api.model
    def _forget_stops(self):
        """Let calls climb that had nobody to ask, once somebody is there or the reason is gone."""
        calls = self.env["kpb.followup"]
        for rule in self.env["kpb.escalation.rule"].with_context(active_test=False).search([]):
            if not calls.search_count(rule._stopped_domain(), limit=1):
                continue
            over = ~rule._applies_domain() if rule.active else Domain.TRUE
            self.env["kpb.job"]._work_off(
                calls,
                rule._stopped_domain() & (over | self._answerable_domain(rule)),
                partial(self._forget_stop, rule),
            )

    @api.model
    def _forget_stop(self, rule, calls):
        calls.write({"stopped_rule_ids": [Command.unlink(rule.id)]})

    @api.model
    def _answerable_domain(self, rule):
        """Return the domain of stopped calls for which a station has somebody by now.

        Who is asked depends on the branch and the visited sister branch alone, so one call of
        each pair answers for all.
        """
        calls = self.env["kpb.followup"]
        pairs = calls._read_group(
            rule._stopped_domain(), ["branch_id", "visit_id.branch_id"], ["id:min"]
        )
        return Domain.OR(
            Domain("branch_id", "=", branch.id) & self._visited_domain(sister)
            for branch, sister, example in pairs
            if self._decide(rule, calls.browse(example)).station
        )

    @api.model
    def _visited_domain(self, sister):
        if sister:
            return Domain("visit_id.branch_id", "=", sister.id)
        return Domain("visit_id", "=", False) | Domain("visit_id.branch_id", "=", False)
