from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..report.kpb_forecast_scenario import Line, Plan


class KpbWhatIf(models.TransientModel):
    """What would the next weeks look like under another schedule? Nothing is changed by asking.

    A revision applies to units sold from its day on, so its full weight comes years later. Here
    every unit under the schedule in force is called by the changed one.
    """

    _name = "kpb.what.if"
    _description = "What If the Schedule Changed"

    schedule_id = fields.Many2one(
        "kpb.schedule",
        "Units Under",
        required=True,
        domain=[("state", "!=", "draft")],
        default=lambda self: self.env.ref("daya_kpb_followup.kpb_schedule_sop", False),
    )
    draft_id = fields.Many2one(
        "kpb.schedule",
        "Called By",
        domain=[("state", "=", "draft")],
        help="A draft revision; or leave it empty and change the lines below.",
    )
    line_ids = fields.One2many(
        "kpb.what.if.line",
        "what_if_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("schedule_id", "draft_id")
    def _compute_line_ids(self):
        for what_if in self:
            lines = (what_if.draft_id or what_if.schedule_id).milestone_ids
            what_if.line_ids = [
                Command.clear(),
                *(Command.create(line_values(line)) for line in lines),
            ]

    def action_show(self):
        """Open the forecast with both: as it is, and as it would be.

        :raises UserError: there is no line to call by
        """
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Lines: a schedule without calls has no forecast. Add one."))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "daya_kpb_followup.kpb_forecast_report_action"
        )
        return {
            **action,
            "name": self.env._("Workload: What If"),
            "context": {
                "kpb_what_if": self.id,
                "search_default_calls": 1,
                "fill_temporal": 0,
                "graph_groupbys": ["day:week", "scenario"],
                "pivot_row_groupby": ["day:week"],
                "pivot_column_groupby": ["scenario", "role_id"],
            },
        }

    def _as_plan(self, present):
        """Return the ``Plan`` by which the units of a schedule are called in this "what if".

        :param present: the ``Plan`` by which they are called now
        """
        self.ensure_one()
        ids = {line.code: line.id for line in self.schedule_id.milestone_ids}
        options = self.draft_id or self.schedule_id
        return Plan(
            "what_if",
            present.schedule_id,
            tuple(
                Line(line._as_rule(), ids.get(line.code), line.role_id.id, line.last_touch_days)
                for line in self.line_ids
            ),
            options.call_before_end,
            options.regular_from_visit,
        )


def line_values(milestone):
    """Return the values of a line to try, as they stand in a schedule."""
    return {
        "name": milestone.name,
        "code": milestone.code,
        "kind": milestone.kind,
        "kpb_number": milestone.kpb_number,
        "offset_days": milestone.offset_days,
        "offset_months": milestone.offset_months,
        "interval_months": milestone.interval_months,
        "end_months": milestone.end_months,
        "last_touch_days": milestone.last_touch_days,
        "role_id": milestone.role_id.id,
    }
