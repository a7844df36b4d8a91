from odoo import fields, models

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
        "CHECK(offset_days >= 0 AND offset_months >= 0 AND interval_months >= 0"
        " AND end_months >= 0 AND last_touch_days >= 0)",
        "Days and months of a milestone are zero or more.",
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
