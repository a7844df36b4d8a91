from odoo import Command, api, fields, models
from odoo.fields import Domain

#: Lines that a dry run shows at most.
LIMIT = 200


class KpbEscalationPreview(models.TransientModel):
    """A dry run of a rule on today's data: who would be told what. Nothing is raised."""

    _name = "kpb.escalation.preview"
    _description = "Dry Run of an Escalation Rule"

    rule_id = fields.Many2one("kpb.escalation.rule", required=True, readonly=True)
    total = fields.Integer("Calls", readonly=True)
    raised_count = fields.Integer("Would Be Raised", readonly=True)
    person_count = fields.Integer("People Told", readonly=True)
    open_count = fields.Integer("Open Already", readonly=True)
    line_ids = fields.One2many("kpb.escalation.preview.line", "preview_id", readonly=True)

    @api.model
    def _prepare(self, rule):
        """Return the dry run of a rule, as of now.

        :param rule: a ``kpb.escalation.rule``
        """
        followups = self.env["kpb.followup"]
        domain = rule._applies_domain() & rule._fresh_domain()
        engine = self.env["kpb.escalation"]
        decisions = {
            call: engine._decide(rule, call)
            for call in followups.search(domain, order="deadline, id", limit=LIMIT)
        }
        raised = [decision for decision in decisions.values() if decision.station]
        return self.create(
            {
                "rule_id": rule.id,
                "total": followups.search_count(domain),
                "raised_count": len(raised),
                "person_count": len({decision.user for decision in raised}),
                "open_count": engine.search_count(
                    engine._open_domain() & Domain("rule_id", "=", rule.id)
                ),
                "line_ids": [
                    Command.create(
                        {
                            "followup_id": call.id,
                            "user_id": decision.user,
                            "level_id": decision.station.key if decision.station else False,
                            "note": engine._skip_text(decision)
                            if decision.station
                            else engine._why_not(decision),
                        }
                    )
                    for call, decision in decisions.items()
                ],
            }
        )
