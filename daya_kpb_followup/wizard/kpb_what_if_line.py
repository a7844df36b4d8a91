from odoo import fields, models

from ..models.kpb_milestone import FIGURES_IN_BOUNDS
from ..rules.schedule import Kind, Milestone


class KpbWhatIfLine(models.TransientModel):
    """One line of a schedule as it might be: another day, another role."""

    _name = "kpb.what.if.line"
    _description = "Line of a What If"

    what_if_id = fields.Many2one("kpb.what.if", required=True, ondelete="cascade")
    name = fields.Char(required=True, readonly=True)
    code = fields.Char(required=True, readonly=True)
    kind = fields.Selection(
        lambda self: self.env["kpb.milestone"]._fields["kind"]._description_selection(self.env),
        required=True,
        readonly=True,
    )
    kpb_number = fields.Integer(readonly=True)
    offset_days = fields.Integer("Days After Purchase")
    offset_months = fields.Integer("Months After Purchase")
    interval_months = fields.Integer("Repeat Every (months)")
    end_months = fields.Integer("Repeat Until (months)")
    last_touch_days = fields.Integer("Last Reminder (days)")
    role_id = fields.Many2one("kpb.role", required=True)

    _figures_sensible = models.Constraint(
        f"CHECK({FIGURES_IN_BOUNDS})",
        "A milestone lies at most 120 months, or 3650 days, after the purchase; nothing is below"
        " zero.",
    )

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
        )
