from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..rules.outcomes import DEFAULT_ATTEMPT_LIMIT, DEFAULT_RETRY_DAYS, Outcome, Policy
from ..rules.schedule import DEFAULT_USEFUL_DAYS, LAST_TOUCH, Kind, Milestone

#: What units already sold under a revision were promised; changed only by the next revision.
FROZEN_IN_USE = frozenset(
    {
        "schedule_id",
        "code",
        "kind",
        "kpb_number",
        "role_id",
        "offset_days",
        "offset_months",
        "interval_months",
        "end_months",
    }
)


#: Ten years: whatever lies beyond is a slip of the keyboard.
FIGURES_IN_BOUNDS = (
    "offset_days BETWEEN 0 AND 3650 AND offset_months BETWEEN 0 AND 120"
    " AND interval_months BETWEEN 0 AND 120 AND end_months BETWEEN 0 AND 120"
    " AND last_touch_days BETWEEN 0 AND 3650"
)


class KpbMilestone(models.Model):
    """One line of a schedule: what is called about, when, and by which role (S1, S2, P5-P9)."""

    _name = "kpb.milestone"
    _description = "Milestone"
    _order = "schedule_id, sequence, id"

    schedule_id = fields.Many2one("kpb.schedule", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short name, unique in the schedule: stnk, kpb1 … regular, renewal."
    )
    kind = fields.Selection(
        [
            (Kind.STNK.value, "STNK"),
            (Kind.KPB.value, "KPB Service"),
            (Kind.REGULAR.value, "Regular Service"),
            (Kind.RENEWAL.value, "New-unit Offer"),
        ],
        required=True,
    )
    kpb_number = fields.Integer("KPB", help="1 to 4 for the free services, 0 for the rest.")
    # when
    offset_days = fields.Integer("Days After Purchase")
    offset_months = fields.Integer("Months After Purchase")
    interval_months = fields.Integer(
        "Repeat Every (months)", help="0: once. Repeated calls start one interval after the days."
    )
    end_months = fields.Integer(
        "Repeat Until (months)", help="Repeated calls lie before this month after purchase."
    )
    useful_days = fields.Integer(
        "Useful For (days)",
        default=DEFAULT_USEFUL_DAYS,
        required=True,
        help="How long after its day the call still makes sense, where no coupon decides.",
    )
    last_touch_days = fields.Integer(
        "Last Reminder (days)",
        help="Call once more so many days before the coupon's nominal end, when nobody came."
        " 0: no last reminder; 7 is a good start.",
    )
    # who and how
    role_id = fields.Many2one("kpb.role", required=True, ondelete="restrict")
    stage_id = fields.Many2one("kpb.stage", "Customer Stage", required=True, ondelete="restrict")
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        required=True,
        ondelete="restrict",
        domain=[("res_model", "=", "kpb.followup")],
    )
    call_script = fields.Html(
        related="activity_type_id.default_note", string="Call Script", readonly=False
    )
    color = fields.Integer()
    # tries
    attempt_limit = fields.Integer(
        default=DEFAULT_ATTEMPT_LIMIT,
        required=True,
        help="Tries without success after which the call fails and is escalated.",
    )
    retry_no_answer_days = fields.Integer(
        "No Answer: Again After (days)", default=DEFAULT_RETRY_DAYS[Outcome.NO_ANSWER]
    )
    retry_unreachable_days = fields.Integer(
        "Out of Reach: Again After (days)", default=DEFAULT_RETRY_DAYS[Outcome.UNREACHABLE]
    )
    retry_wrong_number_days = fields.Integer(
        "Wrong Number: Again After (days)", default=DEFAULT_RETRY_DAYS[Outcome.WRONG_NUMBER]
    )
    retry_stnk_days = fields.Integer(
        "STNK Not Ready: Again After (days)", default=DEFAULT_RETRY_DAYS[Outcome.STNK_NOT_READY]
    )

    _code_unique = models.UniqueIndex(
        "(schedule_id, code)", "The schedule has a milestone with this code already."
    )
    _figures_sensible = models.Constraint(
        f"CHECK({FIGURES_IN_BOUNDS} AND useful_days BETWEEN 0 AND 3650)",
        "A milestone lies at most 120 months, or 3650 days, after the purchase; nothing is below"
        " zero.",
    )
    _tries_sensible = models.Constraint(
        "CHECK(attempt_limit > 0 AND retry_no_answer_days > 0 AND retry_unreachable_days > 0"
        " AND retry_wrong_number_days > 0 AND retry_stnk_days > 0)",
        "A milestone allows at least one attempt, and the next try is at least one day later.",
    )

    @api.constrains("kind", "kpb_number")
    def _check_kpb_number(self):
        for milestone in self:
            if (milestone.kind == Kind.KPB) != (milestone.kpb_number in (1, 2, 3, 4)):
                raise ValidationError(
                    self.env._(
                        "KPB of %s: enter 1 to 4 for a free service, 0 for anything else.",
                        milestone.name,
                    )
                )

    @api.constrains("interval_months", "end_months")
    def _check_repetition(self):
        for milestone in self:
            if milestone.interval_months and not milestone.end_months:
                raise ValidationError(
                    self.env._(
                        "Repeat Until of %s: enter the month after purchase at which the repeated"
                        " calls end.",
                        milestone.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Add lines; a revision in use takes none."""
        milestones = super().create(vals_list)
        milestones._refuse_in_use()
        return milestones

    def write(self, vals):
        """Change lines; of a revision in use only texts and the useful days."""
        frozen = FROZEN_IN_USE & vals.keys()
        if any(self._field_changes(name, vals[name]) for name in frozen):
            self._refuse_in_use()
        done = super().write(vals)
        if "last_touch_days" in vals:
            # sudo: units of every branch follow the procedure
            self.env["kpb.purchase"].sudo()._look_again_at_units_of(self.schedule_id)
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        self._refuse_in_use()

    def _field_changes(self, name, value):
        field = self._fields[name]
        return any(
            field.convert_to_write(milestone[name], milestone) != value for milestone in self
        )

    def _refuse_in_use(self):
        for schedule in self.schedule_id:
            # sudo: a unit of a branch that the user cannot see counts as well
            if (
                self.env["kpb.purchase"]
                .sudo()
                .search_count([("schedule_id", "=", schedule.id)], limit=1)
            ):
                raise UserError(
                    self.env._(
                        "%s is in use: units sold under it keep its dates and roles. Revise the"
                        " schedule and publish the new revision.",
                        schedule.display_name,
                    )
                )

    def _step_name(self, occurrence):
        """Return what people call a step, for example "KPB 2" or "Regular Service 3"."""
        self.ensure_one()
        if self.interval_months:
            return f"{self.name} {occurrence}"
        if occurrence == LAST_TOUCH:
            return self.env._("%s, last reminder", self.name)
        return self.name

    def _as_rule(self):
        """Return the line as the rules know it, a ``rules.schedule.Milestone``."""
        self.ensure_one()
        return Milestone(
            code=self.code,
            kind=Kind(self.kind),
            kpb_number=self.kpb_number,
            offset_days=self.offset_days,
            offset_months=self.offset_months,
            interval_months=self.interval_months,
            end_months=self.end_months,
            useful_days=self.useful_days,
        )

    def _outcome_policy(self):
        """Return what the milestone sets for tries, a ``rules.outcomes.Policy``."""
        self.ensure_one()
        return Policy(
            attempt_limit=self.attempt_limit,
            retry_days={
                Outcome.NO_ANSWER: self.retry_no_answer_days,
                Outcome.UNREACHABLE: self.retry_unreachable_days,
                Outcome.WRONG_NUMBER: self.retry_wrong_number_days,
                Outcome.STNK_NOT_READY: self.retry_stnk_days,
            },
        )
