from datetime import date

from odoo import fields, models
from odoo.tools import SQL

from .kpb_forecast_report import KpbForecastReport

#: Room in a row's number for the weeks, and for the people.
WEEKS_A_PERSON, PEOPLE = 64, 1 << 22
#: Weeks are counted from here: a difference of days costs a tenth of what ``date_trunc`` does.
MONDAY = date(2001, 1, 1)


class KpbLoadReport(models.Model):
    """One row per person, branch and week of the forecast: what is to do, and what is too much."""

    _name = "kpb.load.report"
    _description = "Workload by Person and Week"
    _inherit = ["kpb.figures"]
    _auto = False
    _rec_name = "user_id"
    _order = "week, branch_id, user_id"
    _depends = KpbForecastReport._depends

    branch_id = fields.Many2one("kpb.branch", readonly=True)
    user_id = fields.Many2one("res.users", "Caller", readonly=True)
    week = fields.Date(readonly=True, help="Monday of the week.")
    open_calls = fields.Integer("Open", readonly=True)
    coming_calls = fields.Integer("To Come", readonly=True)
    calls = fields.Integer(readonly=True)
    capacity = fields.Float(readonly=True)
    is_limited = fields.Boolean(
        "Has a Limit",
        readonly=True,
        help="Without one the capacity is not zero but open; with one, zero means leave.",
    )
    load_rate = fields.Float(
        "Load (%)", readonly=True, aggregator=None, help="Calls out of the capacity."
    )
    too_many = fields.Float(
        readonly=True,
        help="Calls beyond the capacity; in a week of leave all of them: others have to make them.",
    )
    is_overloaded = fields.Boolean("Overloaded", readonly=True)

    @property
    def _table_query(self):
        # the weeks as they are: a "what if" is looked at in the forecast
        forecast = self.env["kpb.forecast.report"].with_context(kpb_what_if=0)
        return SQL(
            """
            SELECT (branch_id::bigint * %(people)s + COALESCE(user_id, 0)) * %(weeks)s
                   + (extract(week FROM week))::int AS id, branch_id, user_id, week, open_calls,
                   coming_calls, open_calls + coming_calls AS calls, capacity,
                   capacity IS NOT NULL AS is_limited,
                   CASE WHEN capacity > 0
                        THEN 100.0 * (open_calls + coming_calls) / capacity END AS load_rate,
                   CASE WHEN capacity IS NULL THEN 0
                        ELSE GREATEST(open_calls + coming_calls - capacity, 0) END AS too_many,
                   COALESCE(open_calls + coming_calls > capacity, false) AS is_overloaded
              FROM (
                  SELECT branch_id, user_id, day - (day - %(monday)s) %% 7 AS week,
                         count(*) FILTER (WHERE series = 'open') AS open_calls,
                         count(*) FILTER (WHERE series = 'coming') AS coming_calls,
                         sum(capacity) FILTER (WHERE series = 'capacity') AS capacity
                    FROM (%(forecast)s) AS forecast
                   GROUP BY 1, 2, 3
              ) AS weekly
            """,
            people=PEOPLE,
            weeks=WEEKS_A_PERSON,
            monday=MONDAY,
            forecast=forecast._table_query,
        )

    def action_open(self):
        """Open the person's calls of the week."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "daya_kpb_followup.kpb_forecast_report_action"
        )
        return {
            **action,
            "domain": [
                ("branch_id", "=", self.branch_id.id),
                ("user_id", "=", self.user_id.id),
                ("series", "!=", "capacity"),
                ("day", ">=", self.week),
                ("day", "<", fields.Date.add(self.week, days=7)),
            ],
            "views": [(False, "list")],
            "context": {},
        }
