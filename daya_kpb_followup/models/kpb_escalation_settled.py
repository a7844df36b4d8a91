from odoo import api, models
from odoo.fields import Domain

from ..rules.escalation import Answer, Trigger
from ..rules.outcomes import State

#: Triggers that are about something which can come right without an answer.
TRANSIENT = (Trigger.OVERDUE, Trigger.NO_OWNER, Trigger.STNK_LATE, Trigger.NO_SHOW_TWICE)


class KpbEscalation(models.Model):
    """What has come right meanwhile climbs no further: the board shows what needs somebody."""

    _inherit = "kpb.escalation"

    @api.model
    def _settle(self):
        """End the open escalations whose reason is gone, and say why."""
        open_lines = Domain("state", "=", Answer.OPEN.value)
        settled = self.search(
            open_lines & Domain("rule_id.trigger", "in", [item.value for item in TRANSIENT])
        ).filtered(lambda line: line._why_settled())
        self.env["kpb.job"]._work_off(
            self, open_lines & Domain("id", "in", settled.ids), lambda lines: lines._end_settled()
        )

    def _end_settled(self):
        for line in self:
            person = line._calls_since()[-1:].user_id
            line._answer(Answer.RESOLVED, line._why_settled(), person)

    def _calls_since(self):
        """Return the results logged since the escalation was raised, oldest first."""
        raised_at = self.date_last_stage_update
        return self.followup_id.attempt_ids.filtered(
            lambda attempt: attempt.outcome and not attempt.undone and attempt.date >= raised_at
        ).sorted("id")

    def _why_settled(self):
        """Return in words why nobody has to answer any more, None while somebody has to."""
        self.ensure_one()
        call = self.followup_id
        match Trigger(self.rule_id.trigger):
            case Trigger.OVERDUE:
                last = self._calls_since()[-1:]
                return self.env._("Called meanwhile: %s", last.display_name) if last else None
            case Trigger.NO_OWNER if call.user_id:
                return self.env._("%s has the call now.", call.user_id.name)
            case Trigger.STNK_LATE if call.purchase_id.stnk_state != "in_process":
                return self.env._("The STNK is there.")
        return self.env._("The customer came.") if call.state == State.DONE else None
