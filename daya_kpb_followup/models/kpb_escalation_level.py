from odoo import api, fields, models

from ..rules.escalation import Side, Station


class KpbEscalationLevel(models.Model):
    """One station of a chain: who answers, from which side, within how many working days."""

    _name = "kpb.escalation.level"
    _description = "Escalation Station"
    _order = "rule_id, sequence, id"

    rule_id = fields.Many2one("kpb.escalation.rule", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    role_id = fields.Many2one("kpb.role", required=True, ondelete="restrict")
    side = fields.Selection(
        [(Side.OWN.value, "Own Branch"), (Side.SISTER.value, "Visited Sister Branch")],
        required=True,
        default=Side.OWN.value,
    )
    answer_days = fields.Integer(
        "Answer Within (working days)",
        default=1,
        required=True,
        help="Silence past this time raises the next station.",
    )

    rotting_threshold_days = fields.Integer(
        related="answer_days", store=True, string="Days Until It Rots"
    )

    _answer_days_positive = models.Constraint(
        "CHECK(answer_days > 0)", "Answer Within: give at least one working day."
    )

    @api.depends("role_id", "side", "sequence")
    @api.depends_context("lang")
    def _compute_display_name(self):
        sides = dict(self._fields["side"]._description_selection(self.env))
        for level in self:
            level.display_name = f"{level.role_id.name or ''} · {sides.get(level.side, '')}"

    def _as_rule(self):
        """Return the station as the rules know it."""
        self.ensure_one()
        return Station(self.id, self.role_id.code, Side(self.side))
