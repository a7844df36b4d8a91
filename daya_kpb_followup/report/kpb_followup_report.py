from odoo import fields, models
from odoo.tools import SQL

from ..models.kpb_attempt import CHANNELS
from ..rules.freshness import FRESH_FOR
from ..rules.measures import CAME, ENDED, SUCCESS
from ..rules.outcomes import OPEN_STATES, Result, State

#: What a measure of the funnel counts.
ONCE_A_BRANCH = "Customers, each counted once in every branch that calls him."


class KpbFollowupReport(models.Model):
    """One row per follow-up, with what managers count and divide (``rules.measures``).

    The query is flat: what a reader does not ask for is not joined, and a period reaches the
    index on planned date and branch.
    """

    _name = "kpb.followup.report"
    _description = "Follow-up Analysis"
    _inherit = ["kpb.figures"]
    _auto = False
    _rec_name = "followup_id"
    _order = "planned_date desc, id desc"
    _depends = {
        "kpb.followup": [
            "purchase_id",
            "partner_id",
            "branch_id",
            "milestone_id",
            "role_id",
            "user_id",
            "planned_date",
            "first_deadline",
            "state",
            "result",
            "no_show_count",
            "first_call_at",
            "first_contact_at",
            "first_appointment_at",
            "last_channel",
            "weekend_appointment",
        ],
        "kpb.milestone": ["kind"],
        "kpb.branch": ["tz"],
        "kpb.purchase": ["product_id", "salesperson_id"],
        "kpb.validation": ["partner_id", "date"],
        "res.partner": ["kpb_completeness"],
    }

    # what it is about
    followup_id = fields.Many2one("kpb.followup", readonly=True)
    purchase_id = fields.Many2one("kpb.purchase", "Unit", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    product_id = fields.Many2one("product.product", "Unit Model", readonly=True)
    branch_id = fields.Many2one("kpb.branch", readonly=True)
    milestone_id = fields.Many2one("kpb.milestone", readonly=True)
    kind = fields.Selection(lambda self: self._words_of("kpb.milestone", "kind"), readonly=True)
    role_id = fields.Many2one("kpb.role", readonly=True)
    user_id = fields.Many2one("res.users", "Caller", readonly=True)
    salesperson_id = fields.Many2one("res.users", readonly=True)
    planned_date = fields.Date(readonly=True)
    first_deadline = fields.Date("Deadline by Procedure", readonly=True)
    channel = fields.Selection(CHANNELS, "Channel of the Last Try", readonly=True)
    state = fields.Selection(lambda self: self._words_of("kpb.followup", "state"), readonly=True)
    result = fields.Selection(lambda self: self._words_of("kpb.followup", "result"), readonly=True)
    failed_reason = fields.Selection(
        lambda self: self._words_of("kpb.followup", "result"), "Failed Because", readonly=True
    )
    weekend_appointment = fields.Boolean(readonly=True)
    data_valid = fields.Boolean(
        "Valid Data",
        readonly=True,
        help="All five items are there, and the customer confirmed some of them in the twelve"
        " months before the day of the call.",
    )
    # what is counted
    due = fields.Integer(
        readonly=True, help="Calls that somebody had to make: made, open or failed."
    )
    called = fields.Integer(readonly=True)
    called_in_time = fields.Integer(
        readonly=True, help="Called on the first working day on or after the plan, or before."
    )
    contacted = fields.Integer("Reached", readonly=True, help="The customer was spoken to.")
    appointment = fields.Integer("Appointments", readonly=True)
    weekend_count = fields.Integer("Weekend Appointments", readonly=True)
    came = fields.Integer(readonly=True, help="Came to the branch, or picked up the STNK.")
    came_unasked = fields.Integer(
        "Came Before a Call", readonly=True, help="Came before anybody had called; not due."
    )
    no_show = fields.Integer("No-shows", readonly=True, help="Calls with a missed appointment.")
    failed = fields.Integer(readonly=True)
    elsewhere = fields.Integer("Serviced at Another Dealer", readonly=True)
    lost = fields.Integer("Ended by LOST", readonly=True)
    success = fields.Integer(
        "Successes",
        readonly=True,
        help="Due calls after which the customer came or was interested.",
    )
    # what is divided
    called_rate = fields.Float(
        "Called (%)", readonly=True, aggregator="avg", help="Out of the calls that were due."
    )
    in_time_rate = fields.Float(
        "Called in Time (%)",
        readonly=True,
        aggregator="avg",
        help="Out of the due calls that were made, failed, or are past their deadline.",
    )
    contact_rate = fields.Float(
        "Reached (%)", readonly=True, aggregator="avg", help="Out of the calls that were made."
    )
    appointment_rate = fields.Float(
        "Appointments (%)", readonly=True, aggregator="avg", help="Out of the customers reached."
    )
    no_show_rate = fields.Float(
        "No-shows (%)", readonly=True, aggregator="avg", help="Out of the calls with appointments."
    )
    success_rate = fields.Float(
        "Success (%)", readonly=True, aggregator="avg", help="Out of the due calls that are closed."
    )
    days_to_call = fields.Float(
        "Days to First Call",
        readonly=True,
        aggregator="avg",
        help="From the planned day to the first call, by the clock of the branch.",
    )
    # the funnel
    customers_due = fields.Integer(
        "Customers: Due", readonly=True, aggregator="count_distinct", help=ONCE_A_BRANCH
    )
    customers_called = fields.Integer(
        "Customers: Called", readonly=True, aggregator="count_distinct", help=ONCE_A_BRANCH
    )
    customers_contacted = fields.Integer(
        "Customers: Reached", readonly=True, aggregator="count_distinct", help=ONCE_A_BRANCH
    )
    customers_appointment = fields.Integer(
        "Customers: Appointment", readonly=True, aggregator="count_distinct", help=ONCE_A_BRANCH
    )
    customers_came = fields.Integer(
        "Customers: Came by Appointment",
        readonly=True,
        aggregator="count_distinct",
        help=ONCE_A_BRANCH,
    )

    @property
    def _table_query(self):
        return SQL("SELECT %s FROM %s", self._select(), self._from())

    def _conditions(self):
        """Return name → SQL condition on a follow-up: the words of ``rules.measures``."""
        called = SQL("call.first_call_at IS NOT NULL")
        due = SQL("(%s OR call.state <> ALL(%s))", called, [state.value for state in ENDED])
        is_open = SQL("call.state = ANY(%s)", [state.value for state in OPEN_STATES])
        agreed = SQL("call.first_appointment_at IS NOT NULL")
        came = SQL("call.result = ANY(%s)", [result.value for result in CAME])
        return {
            "due": due,
            "called": called,
            "in_time": SQL("%s <= call.first_deadline", self._local_day(SQL("call.first_call_at"))),
            "timed": SQL(
                "(%s AND (%s OR NOT %s OR call.first_deadline < %s))",
                due,
                called,
                is_open,
                self._local_today(),
            ),
            "contacted": SQL("call.first_contact_at IS NOT NULL"),
            "agreed": agreed,
            "came": came,
            "came_by_appointment": SQL("%s AND %s", agreed, came),
            "missed": SQL("call.no_show_count > 0"),
            "success": SQL(
                "%s AND call.result = ANY(%s)", due, [result.value for result in SUCCESS]
            ),
            "closed": SQL("(%s AND NOT %s)", due, is_open),
        }

    def _select(self):
        of = self._conditions()
        customer = self._at_branch(SQL("call.partner_id"), SQL("call.branch_id"))
        counted = {
            "due": of["due"],
            "called": of["called"],
            "called_in_time": of["in_time"],
            "contacted": of["contacted"],
            "appointment": of["agreed"],
            "weekend_count": SQL("call.weekend_appointment"),
            "came": of["came"],
            "came_unasked": SQL("%s AND NOT %s", of["came"], of["due"]),
            "no_show": of["missed"],
            "failed": SQL("call.state = %s", State.FAILED.value),
            "elsewhere": SQL("call.result = %s", Result.SERVED_ELSEWHERE.value),
            "lost": SQL("call.result = %s", Result.LOST.value),
            "success": of["success"],
        }
        rates = {
            "called_rate": self._rate(of["called"], of["due"]),
            "in_time_rate": self._rate(of["in_time"], of["timed"]),
            "contact_rate": self._rate(of["contacted"], of["called"]),
            "appointment_rate": self._rate(of["agreed"], of["contacted"]),
            "no_show_rate": self._rate(of["missed"], of["agreed"]),
            "success_rate": self._rate(of["success"], of["closed"]),
        }
        funnel = {
            "customers_due": of["due"],
            "customers_called": of["called"],
            "customers_contacted": of["contacted"],
            "customers_appointment": of["agreed"],
            "customers_came": of["came_by_appointment"],
        }
        columns = [
            SQL(
                """
                call.id, call.id AS followup_id, call.purchase_id, call.partner_id,
                unit.product_id, call.branch_id, call.milestone_id, milestone.kind, call.role_id,
                call.user_id, unit.salesperson_id, call.planned_date, call.first_deadline,
                call.last_channel AS channel, call.state, call.result,
                CASE WHEN call.state = 'failed' THEN call.result END AS failed_reason,
                COALESCE(call.weekend_appointment, false) AS weekend_appointment,
                %s AS data_valid, %s - call.planned_date AS days_to_call
                """,
                self._is_valid(),
                self._local_day(SQL("call.first_call_at")),
            )
        ]
        columns += [
            SQL("COALESCE((%s)::int, 0) AS %s", condition, SQL.identifier(name))
            for name, condition in counted.items()
        ]
        columns += [SQL("%s AS %s", rate, SQL.identifier(name)) for name, rate in rates.items()]
        columns += [
            SQL("CASE WHEN %s THEN %s END AS %s", condition, customer, SQL.identifier(name))
            for name, condition in funnel.items()
        ]
        return SQL(", ").join(columns)

    def _is_valid(self):
        """Return SQL of whether the data were good when the call was due (P3)."""
        return SQL(
            """
            COALESCE(partner.kpb_completeness = 100, false) AND EXISTS (
                SELECT 1 FROM kpb_validation AS said
                 WHERE said.partner_id = call.partner_id
                   AND %(day)s < call.planned_date
                   AND %(day)s >= call.planned_date - %(fresh)s
            )
            """,
            day=self._local_day(SQL("said.date")),
            fresh=FRESH_FOR.days,
        )

    def _from(self):
        return SQL(
            """
            kpb_followup AS call
              LEFT JOIN kpb_milestone AS milestone ON milestone.id = call.milestone_id
              LEFT JOIN kpb_branch AS branch ON branch.id = call.branch_id
              LEFT JOIN kpb_purchase AS unit ON unit.id = call.purchase_id
              LEFT JOIN res_partner AS partner ON partner.id = call.partner_id
            """
        )

    def action_open(self):
        """Open the call itself."""
        self.ensure_one()
        return self.followup_id._get_records_action()
