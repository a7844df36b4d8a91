from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..rules.escalation import Answer, Trigger
from ..rules.outcomes import State


class KpbEscalation(models.Model):
    """What has come right meanwhile climbs no further: the board shows what needs somebody."""

    _inherit = "kpb.escalation"

    @api.model
    def _settle(self):
        """End the open escalations whose reason is gone, and say why."""
        self.env["kpb.job"]._work_off(
            self,
            self._open_domain() & self._settled_domain(),
            lambda lines: lines._end_settled(),
        )

    @api.model
    def _settled_domain(self):
        """Return the domain of escalations about something that came right without an answer."""
        over = Domain("followup_id.state", "in", (State.DONE.value, State.CANCELLED.value))
        called = Domain.custom(
            to_sql=self._called_since_sql, predicate=lambda line: bool(line._calls_since())
        )
        owned = Domain("followup_id.user_id", "!=", False)
        fetched = Domain("followup_id.purchase_id.stnk_state", "!=", "in_process")
        right = {
            Trigger.OVERDUE: over | called,
            Trigger.NO_OWNER: over | owned,
            Trigger.STNK_LATE: over | fetched,
            Trigger.NO_SHOW_TWICE: over,
        }
        return Domain.OR(
            Domain("rule_id.trigger", "=", trigger.value) & domain
            for trigger, domain in right.items()
        )

    @api.model
    def _called_since_sql(self, model, alias, query):
        return SQL(
            """
            %s IN (SELECT asked.id FROM kpb_escalation asked
                     JOIN kpb_attempt call ON call.followup_id = asked.followup_id
                      AND call.date >= asked.date_last_stage_update
                    WHERE asked.state = 'open' AND call.outcome IS NOT NULL
                      AND call.undone IS NOT TRUE)
            """,
            model._field_to_sql(alias, "id", query),
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
        """Return in words why nobody has to answer any more."""
        self.ensure_one()
        call = self.followup_id
        match Trigger(self.rule_id.trigger):
            case Trigger.OVERDUE if last := self._calls_since()[-1:]:
                return self.env._("Called meanwhile: %s", last.display_name)
            case Trigger.NO_OWNER if call.user_id:
                return self.env._("%s has the call now.", call.user_id.name)
            case Trigger.STNK_LATE if call.purchase_id.stnk_state != "in_process":
                return self.env._("The STNK is there.")
        if call.state == State.DONE:
            return self.env._("The customer came.")
        results = dict(call._fields["result"]._description_selection(self.env))
        return self.env._("The call is not needed any more: %s", results.get(call.result, ""))
