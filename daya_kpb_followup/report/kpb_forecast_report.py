from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..rules.outcomes import OPEN_STATES
from .kpb_forecast_scenario import Tables

#: The numbers of calls to come lie below; of each further kind of row, above one of these.
OPEN_ROWS, CAPACITY_ROWS, WHAT_IF_ROWS = 1 << 42, 1 << 43, 1 << 44


class KpbForecastReport(models.Model):
    """The calls of the next thirteen weeks, open and to come, beside what people can do.

    Nothing of it is stored: what is to come follows from the purchases and their schedules. Each
    call stands on the first working day on or after its day. A call of the salesforce goes to the
    salesperson; others are shared evenly among those who fill the role at the branch, or whoever
    stands in for it.
    """

    _name = "kpb.forecast.report"
    _description = "Workload Forecast"
    _inherit = ["kpb.figures"]
    _auto = False
    _rec_name = "purchase_id"
    _order = "day, id"
    _depends = {
        "kpb.purchase": [
            "partner_id",
            "branch_id",
            "salesperson_id",
            "purchase_date",
            "schedule_id",
            "engine_number",
            "status",
            "stnk_state",
            "next_followup_date",
            "ladder",
        ],
        "kpb.followup": [
            "purchase_id",
            "branch_id",
            "milestone_id",
            "occurrence",
            "role_id",
            "user_id",
            "state",
            "deadline",
            "visit_id",
        ],
        "kpb.visit": ["purchase_id", "kpb_number", "date"],
        "kpb.milestone": ["schedule_id", "kind"],
        "res.partner": ["kpb_do_not_contact", "kpb_no_service_calls", "kpb_no_offer_calls"],
    }

    series = fields.Selection(
        [("capacity", "Capacity"), ("coming", "To Come"), ("open", "Open")], readonly=True
    )
    side = fields.Selection(
        [("calls", "Calls"), ("capacity", "Capacity")], "Calls or Capacity", readonly=True
    )
    scenario = fields.Selection([("present", "As It Is"), ("what_if", "What If")], readonly=True)
    followup_id = fields.Many2one("kpb.followup", readonly=True)
    purchase_id = fields.Many2one("kpb.purchase", "Unit", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    branch_id = fields.Many2one("kpb.branch", readonly=True)
    role_id = fields.Many2one("kpb.role", readonly=True)
    user_id = fields.Many2one("res.users", "Caller", readonly=True)
    milestone_id = fields.Many2one("kpb.milestone", readonly=True)
    kind = fields.Selection(lambda self: self._words_of("kpb.milestone", "kind"), readonly=True)
    day = fields.Date(readonly=True, help="First working day on which the call is to be made.")
    calls = fields.Integer(readonly=True)
    capacity = fields.Float(
        readonly=True,
        help="Calls per person and day of the branch, times the person's working days.",
    )
    amount = fields.Float(
        readonly=True,
        help="For pictures in which both stand beside each other.",
    )

    @property
    def _table_query(self):
        scenario = self.env["kpb.forecast.scenario"]
        branches = scenario._branches()
        if not branches:
            return self._nothing()
        places = scenario._places(branches)
        plans = scenario._plans(self._what_if())
        role_ids = sorted({line.role_id for plan in plans for line in plan.lines})
        callers = scenario._callers(branches, role_ids)
        capacities = scenario._capacities(branches, places, role_ids)
        tables = Tables(places, callers, role_ids, scenario._milestones())
        parts = []
        for name in dict.fromkeys(plan.scenario for plan in plans):
            shift = WHAT_IF_ROWS if name == "what_if" else 0
            mine = [plan for plan in plans if plan.scenario == name]
            parts.append(self._coming(mine, places, tables, name, shift))
            parts.append(self._open(places, tables, name, shift + OPEN_ROWS))
            parts.append(self._capacity(capacities, name, shift + CAPACITY_ROWS))
        return SQL(" UNION ALL ").join(filter(None, parts))

    def _nothing(self):
        """Return SQL of a report without rows, for who belongs to no branch."""
        return SQL(
            """
            SELECT 0::bigint AS id, '' AS series, '' AS side, '' AS scenario, 0 AS followup_id,
                   0 AS purchase_id, 0 AS partner_id, 0 AS branch_id, 0 AS role_id, 0 AS user_id,
                   0 AS milestone_id, '' AS kind, NULL::date AS day, 0 AS calls,
                   0::float8 AS capacity, 0::float8 AS amount
             WHERE false
            """
        )

    @api.model
    def _what_if(self):
        """Return the ``kpb.what.if`` that the reader looks at, None for things as they are.

        Its id comes from the browser: what is no id, or somebody else's question, is no question.
        """
        asked = self.env.context.get("kpb_what_if")
        if type(asked) is not int or not asked:
            return None
        mine = [("id", "=", asked), ("create_uid", "=", self.env.uid)]
        # sudo: who may not ask such questions has none of his own
        return self.env["kpb.what.if"].sudo().search(mine) or None

    def _coming(self, plans, places, tables, scenario, shift):
        queries = [
            query
            for plan in plans
            for query in self.env["kpb.forecast.coming"]._queries(plan, places)
        ]
        if scenario == "present":
            queries.append(self.env["kpb.forecast.coming"]._pointers(places, tables))
        if not queries:
            return None
        branch, role = SQL("step.branch_id"), SQL("step.role_id")
        return SQL(
            """
            SELECT step.id + %(shift)s AS id, 'coming' AS series, 'calls' AS side,
                   %(scenario)s AS scenario,
                   NULL::int AS followup_id, step.purchase_id, step.partner_id, step.branch_id,
                   step.role_id, %(caller)s AS user_id, step.milestone_id, step.kind,
                   %(working_day)s AS day, 1 AS calls, 0::float8 AS capacity, 1::float8 AS amount
              FROM (%(queries)s) AS step
             WHERE step.planned_date < %(last_days)s OR %(working_day)s <= %(until)s
            """,
            shift=shift,
            scenario=scenario,
            caller=tables.caller(branch, role, SQL("step.salesperson_id"), SQL("step.purchase_id")),
            working_day=tables.working_day(branch, SQL("step.planned_date")),
            queries=SQL(" UNION ALL ").join(queries),
            last_days=places[0].until - timedelta(days=6),
            until=places[0].until,
        )

    def _open(self, places, tables, scenario, shift):
        day = tables.working_day(SQL("call.branch_id"), SQL("call.deadline"))
        return SQL(
            """
            SELECT call.id + %(shift)s, 'open', 'calls', %(scenario)s, call.id, call.purchase_id,
                   call.partner_id, call.branch_id, call.role_id, call.user_id, call.milestone_id,
                   %(kind)s, %(day)s, 1, 0::float8, 1::float8
              FROM kpb_followup AS call
             WHERE call.state IN %(states)s AND call.branch_id = ANY(%(branches)s)
               AND call.deadline <= %(until)s
            """,
            shift=shift,
            scenario=scenario,
            kind=tables.kind(SQL("call.milestone_id")),
            day=day,
            until=places[0].until,
            states=tuple(state.value for state in OPEN_STATES),
            branches=[place.branch_id for place in places],
        )

    def _capacity(self, capacities, scenario, shift):
        if not capacities:
            return None
        rows = [(number, *row) for number, row in enumerate(capacities, 1)]
        return SQL(
            """
            SELECT free.number + %(shift)s, 'capacity', 'capacity', %(scenario)s, NULL::int,
                   NULL::int, NULL::int, free.branch_id, free.role_id, free.user_id, NULL::int,
                   NULL::text, free.day, 0, free.calls, free.calls
              FROM (VALUES %(rows)s) AS free (number, branch_id, role_id, user_id, day, calls)
            """,
            shift=shift,
            scenario=scenario,
            rows=self._values(rows, "(%s, %s, %s, %s, %s::date, %s::float8)"),
        )

    def _values(self, rows, pattern):
        return SQL(", ").join(SQL(pattern, *row) for row in rows)

    def action_open(self):
        """Open the call, or the unit whose call is still to come."""
        self.ensure_one()
        return (self.followup_id or self.purchase_id)._get_records_action()
