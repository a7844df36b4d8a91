from odoo import models

from ..rules.escalation import Answer, Trigger
from .kpb_escalation_rule import RESULT_OF_TRIGGER


class KpbEscalation(models.Model):
    """A chain about where a unit was serviced ends when the visit was somewhere else after all."""

    _inherit = "kpb.escalation"

    def _end_moot(self):
        """End the open ones among these that are about another result than their call's."""
        for line in self.filtered(lambda line: line.state == Answer.OPEN):
            call = line.followup_id
            about = RESULT_OF_TRIGGER.get(Trigger(line.rule_id.trigger), call.result)
            if about != call.result:
                spoken = call.with_context(lang=line.user_id.lang or self.env.lang)
                results = dict(spoken._fields["result"]._description_selection(spoken.env))
                text = spoken.env._("The visit was corrected: %s", results[call.result])
                line._answer(Answer.RESOLVED, text, self.env.user)
