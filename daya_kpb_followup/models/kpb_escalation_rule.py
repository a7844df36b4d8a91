from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..rules.escalation import Side, Trigger
from ..rules.outcomes import Result, State

#: Closed follow-ups climb only while the matter is fresh.
FRESH_DAYS = 30
#: Appointments that a customer missed before his branch is asked; an index has them.
NO_SHOWS = 2
RESULT_OF_TRIGGER = {
    Trigger.EXHAUSTED: Result.EXHAUSTED,
    Trigger.REFUSED: Result.REFUSED,
    Trigger.SERVED_SISTER: Result.SERVED_SISTER,
    Trigger.SERVED_ELSEWHERE: Result.SERVED_ELSEWHERE,
}


class KpbEscalationRule(models.Model):
    """When a follow-up climbs, and along which stations (S5)."""

    _name = "kpb.escalation.rule"
    _description = "Escalation Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    trigger = fields.Selection(
        [
            (Trigger.OVERDUE.value, "Call overdue"),
            (Trigger.EXHAUSTED.value, "Attempts exhausted"),
            (Trigger.REFUSED.value, "Refused or complaint"),
            (Trigger.SERVED_SISTER.value, "Serviced at a sister branch"),
            (Trigger.SERVED_ELSEWHERE.value, "Serviced at another dealer"),
            (Trigger.NO_SHOW_TWICE.value, "Did not come twice"),
            (Trigger.STNK_LATE.value, "STNK late"),
            (Trigger.NO_OWNER.value, "No owner"),
        ],
        required=True,
    )
    after_days = fields.Integer(
        "After (working days)",
        default=3,
        help="Call overdue: so many working days after the day of the next step."
        " STNK late: so many working days after the planned day of the call.",
    )
    milestone_ids = fields.Many2many(
        "kpb.milestone", string="Only These Milestones", help="Empty: every milestone."
    )
    level_ids = fields.One2many("kpb.escalation.level", "rule_id", "Stations", copy=True)
    chain = fields.Char(compute="_compute_chain", help="The stations in short.")

    @api.depends("level_ids.role_id", "level_ids.side", "level_ids.sequence")
    @api.depends_context("lang")
    def _compute_chain(self):
        sister = self.env._("sister branch")
        for rule in self:
            rule.chain = " → ".join(
                f"{level.role_id.name} ({sister})"
                if level.side == Side.SISTER
                else level.role_id.name or ""
                for level in rule.level_ids
            )

    def action_dry_run(self):
        """Show what the rule would raise today, and to whom, without raising anything."""
        self.ensure_one()
        self.check_access("read")
        preview = self.env["kpb.escalation.preview"]._prepare(self)
        return preview._get_records_action(name=self.env._("Dry run: %s", self.name), target="new")

    def _applies_domain(self):
        """Return the domain of follow-ups that the rule is about today, climbed or not."""
        self.ensure_one()
        domain = self._trigger_domain()
        if self.milestone_ids:
            domain &= Domain("milestone_id", "in", self.milestone_ids.ids)
        return domain

    def _unraised_domain(self):
        """Return the domain of follow-ups that have not climbed by the rule, and still can."""
        return self._fresh_domain() & ~self._stopped_domain()

    def _stopped_domain(self):
        """Return the domain of follow-ups for which no station of the rule had anybody to ask."""
        return Domain("stopped_rule_ids", "in", self.ids)

    def _fresh_domain(self):
        """Return the domain of follow-ups that have not climbed by the rule."""
        return ~Domain("escalation_ids", "any", [("rule_id", "in", self.ids)])

    def _trigger_domain(self):
        trigger = Trigger(self.trigger)
        if trigger in RESULT_OF_TRIGGER:
            since = fields.Datetime.now() - timedelta(days=FRESH_DAYS)
            return Domain("result", "=", RESULT_OF_TRIGGER[trigger].value) & Domain(
                "closed_at", ">=", since
            )
        still_open = self.env["kpb.followup"]._open_domain()
        match trigger:
            case Trigger.NO_SHOW_TWICE:
                return still_open & Domain("no_show_count", ">=", NO_SHOWS)
            case Trigger.NO_OWNER:
                return still_open & Domain("user_id", "=", False)
            case Trigger.STNK_LATE:
                late = Domain("milestone_id.kind", "=", "stnk") & Domain(
                    "purchase_id.stnk_state", "=", "in_process"
                )
                return still_open & late & self._working_days_ago("planned_date")
        overdue = Domain("state", "=", State.TODO.value)
        return overdue & self._working_days_ago("deadline")

    def _working_days_ago(self, field):
        """Return the domain of dates that lie so many working days of their branch back."""
        branches = self.env["kpb.branch"].with_context(active_test=False).search([])
        return Domain.OR(
            Domain("branch_id", "=", branch.id)
            & Domain(field, "<", branch._working_days_back(branch._today(), self.after_days))
            for branch in branches
        )
