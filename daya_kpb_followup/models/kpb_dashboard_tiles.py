from odoo import api, fields, models
from odoo.fields import Domain

from ..rules.measures import CAME
from ..rules.outcomes import State

CALLS = ("kpb_followup_action", "kpb.followup")
UNITS = ("kpb_purchase_action", "kpb.purchase")


class KpbDashboard(models.AbstractModel):
    """The tiles: what is due, late, unanswered, without anybody, and lost."""

    _inherit = "kpb.dashboard"

    @api.model
    def _tiles(self, scope):
        """Return the tiles; the first number of each is the one that matters.

        ``alarm`` says that a tile asks for action as soon as its first number is not zero.
        """
        return [
            self._tile_due(scope),
            self._tile_late(scope),
            self._tile_appointments(scope),
            self._tile_escalations(scope),
            self._tile_no_owner(scope),
            self._tile_attention(scope),
            self._tile_lost(scope),
            self._tile_data(scope),
        ]

    @api.model
    def _tile(self, key, icon, label, numbers, alarm=False):
        return {"key": key, "icon": icon, "label": label, "numbers": numbers, "alarm": alarm}

    @api.model
    def _tile_due(self, scope):
        open_calls = self.env["kpb.followup"]._open_domain()
        due = scope.by_day(lambda day: Domain("deadline", "=", day)) & open_calls
        handled = scope.by_hours(self._handled_between)
        return self._tile(
            "due",
            "fa-phone",
            self.env._("Due Today"),
            [
                self._rows(*CALLS, due, self.env._("still to call")),
                self._rows(*CALLS, handled, self.env._("handled today")),
            ],
        )

    @api.model
    def _handled_between(self, start, end):
        """Return the domain of calls with a result logged between two moments."""
        return Domain(
            "attempt_ids",
            "any",
            [
                ("date", ">=", start),
                ("date", "<", end),
                ("outcome", "!=", False),
                ("undone", "=", False),
            ],
        )

    @api.model
    def _tile_late(self, scope):
        open_calls = self.env["kpb.followup"]._open_domain()
        late = scope.by_day(lambda day: Domain("deadline", "<", day)) & open_calls
        return self._tile(
            "late",
            "fa-clock-o",
            self.env._("Overdue"),
            [self._rows(*CALLS, late, self.env._("calls past their deadline"))],
            alarm=True,
        )

    @api.model
    def _tile_appointments(self, scope):
        agreed = scope.by_hours(
            lambda start, end: (
                Domain("appointment_at", ">=", start) & Domain("appointment_at", "<", end)
            )
        )
        came = agreed & Domain("result", "in", [result.value for result in CAME])
        still = agreed & Domain("state", "=", State.APPOINTMENT.value)
        return self._tile(
            "appointments",
            "fa-calendar-check-o",
            self.env._("Appointments Today"),
            [
                self._rows(*CALLS, still | came, self.env._("agreed")),
                self._rows(*CALLS, came, self.env._("came")),
            ],
        )

    @api.model
    def _tile_escalations(self, scope):
        where = ("kpb_escalation_action", "kpb.escalation")
        waiting = self.env["kpb.escalation"]._open_domain()
        # without a choice also what a sister branch asks me about: it stands on my board as well
        mine = scope.domain() if scope.chosen else Domain.TRUE
        overdue = scope.by_day(lambda day: Domain("due_on", "<", day))
        if not scope.chosen:
            today = fields.Date.context_today(self)
            overdue |= ~scope.domain() & Domain("due_on", "<", today)
        overdue &= waiting
        to_me = mine & waiting & Domain("user_id", "=", self.env.uid)
        return self._tile(
            "escalations",
            "fa-level-up",
            self.env._("Open Escalations"),
            [
                self._rows(*where, mine & waiting, self.env._("waiting for an answer")),
                self._rows(*where, to_me, self.env._("for you to answer")),
                self._rows(*where, overdue, self.env._("answer overdue")),
            ],
            alarm=True,
        )

    @api.model
    def _tile_no_owner(self, scope):
        nobody = (
            scope.domain() & Domain("user_id", "=", False) & self.env["kpb.followup"]._open_domain()
        )
        return self._tile(
            "no_owner",
            "fa-user-times",
            self.env._("No Owner"),
            [
                self._rows(
                    "kpb_followup_action_no_owner",
                    "kpb.followup",
                    nobody,
                    self.env._("calls that nobody makes"),
                )
            ],
            alarm=True,
        )

    @api.model
    def _tile_attention(self, scope):
        where = ("kpb_attention_action", "kpb.attention")
        return self._tile(
            "attention",
            "fa-warning",
            self.env._("Needs Attention"),
            [self._rows(*where, scope.domain(), self.env._("left undone, with the reason"))],
            alarm=True,
        )

    @api.model
    def _tile_lost(self, scope):
        lost = Domain("status", "=", "lost") & scope.by_day(
            lambda day: Domain("lost_date", ">=", day.replace(day=1))
        )
        at_risk = scope.domain() & Domain("status", "=", "at_risk")
        return self._tile(
            "lost",
            "fa-sign-out",
            self.env._("LOST This Month"),
            [
                self._rows(*UNITS, lost, self.env._("units LOST")),
                self._rows(*UNITS, at_risk, self.env._("at risk now")),
            ],
            alarm=True,
        )

    @api.model
    def _tile_data(self, scope):
        """Return the share of customers whose data are valid (P3), and those to be asked."""
        model = "kpb.data.quality.report"
        where = ("kpb_data_quality_report_action", model)
        [(customers, validated)] = self.env[model]._read_group(
            scope.domain(), [], ["__count", "validated:sum"]
        )
        valid = scope.domain() & Domain("validated", "=", 1)
        share = self._rows(*where, valid, self.env._("of the customers have valid data"), validated)
        share["rows"], share["unit"] = share["value"], "%"
        share["value"] = round(100 * share["rows"] / customers) if customers else 0
        rest = scope.domain() & Domain("validated", "=", 0)
        return self._tile(
            "data",
            "fa-id-card-o",
            self.env._("Validated Data"),
            [
                share,
                self._rows(*where, rest, self.env._("to validate"), customers - share["rows"]),
            ],
        )
