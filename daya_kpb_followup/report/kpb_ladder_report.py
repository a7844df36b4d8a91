from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..models.kpb_branch import TIMEZONES
from ..rules.measures import LETTER, NOT_YET, LadderStep
from ..rules.outcomes import Place
from ..rules.schedule import Kind, local_day, planned_date


class KpbLadderReport(models.Model):
    """One row per unit and step whose day has come: where did it come for it? (S3, P2)

    The steps are KPB 1 to 4, the first regular service, and the new unit. A unit counts for a
    step from the day on which its schedule calls for it.
    """

    _name = "kpb.ladder.report"
    _description = "KPB Ladder"
    _inherit = ["kpb.figures"]
    _auto = False
    _rec_name = "purchase_id"
    _order = "purchase_date desc, id"
    _depends = {
        "kpb.purchase": [
            "partner_id",
            "branch_id",
            "product_id",
            "salesperson_id",
            "purchase_date",
            "schedule_id",
            "status",
            "lead_id",
            "ladder",
        ],
        "kpb.branch": ["tz"],
        "kpb.milestone": ["schedule_id", "kind", "offset_days", "offset_months"],
    }

    step = fields.Selection(
        [
            (LadderStep.KPB1.value, "KPB 1"),
            (LadderStep.KPB2.value, "KPB 2"),
            (LadderStep.KPB3.value, "KPB 3"),
            (LadderStep.KPB4.value, "KPB 4"),
            (LadderStep.REGULAR.value, "Regular"),
            (LadderStep.RENEWAL.value, "Prospect"),
        ],
        readonly=True,
    )
    purchase_id = fields.Many2one("kpb.purchase", "Unit", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    branch_id = fields.Many2one("kpb.branch", readonly=True)
    product_id = fields.Many2one("product.product", "Unit Model", readonly=True)
    salesperson_id = fields.Many2one("res.users", readonly=True)
    purchase_date = fields.Date(readonly=True)
    status = fields.Selection(lambda self: self._words_of("kpb.purchase", "status"), readonly=True)
    came = fields.Selection(
        [
            (LETTER[Place.OWN], "Own Branch"),
            (LETTER[Place.SISTER], "Sister Branch"),
            (LETTER[Place.ELSEWHERE], "Other Dealer"),
            (NOT_YET, "Stayed Away"),
        ],
        "Came To",
        readonly=True,
    )
    group_rate = fields.Float(
        "Group (%)",
        readonly=True,
        aggregator="avg",
        help="Units that came to a branch of the group, out of those whose step is due.",
    )
    own_rate = fields.Float(
        "Own Branch (%)",
        readonly=True,
        aggregator="avg",
        help="Units that came to the branch that sold them, out of those whose step is due.",
    )
    elsewhere_rate = fields.Float(
        "Other Dealer (%)",
        readonly=True,
        aggregator="avg",
        help="Units that came to another dealer only, out of those whose step is due.",
    )
    units_due = fields.Integer(readonly=True)
    units_group = fields.Integer("Units: Group", readonly=True)
    units_own = fields.Integer("Units: Own Branch", readonly=True)
    units_elsewhere = fields.Integer("Units: Other Dealer", readonly=True)

    @property
    def _table_query(self):
        came = SQL(
            """
            CASE WHEN step.place < 6 THEN substr(COALESCE(unit.ladder, '-----'), step.place, 1)
                 WHEN unit.lead_id IS NOT NULL OR unit.status = 'prospect' THEN 'o' ELSE '-' END
            """
        )
        group = SQL("%s IN ('o', 's')", came)
        own, elsewhere = SQL("%s = 'o'", came), SQL("%s = 'e'", came)
        # OFFSET 0 keeps PostgreSQL from reading the units anew for each step of each schedule
        return SQL(
            """
            SELECT unit.id::bigint * 8 + step.place AS id, step.name AS step,
                   unit.id AS purchase_id, unit.partner_id, unit.branch_id, unit.product_id,
                   unit.salesperson_id, unit.purchase_date, unit.status, %(came)s AS came,
                   %(group_rate)s AS group_rate, %(own_rate)s AS own_rate,
                   %(elsewhere_rate)s AS elsewhere_rate, 1 AS units_due,
                   (%(group)s)::int AS units_group, (%(own)s)::int AS units_own,
                   (%(elsewhere)s)::int AS units_elsewhere
              FROM kpb_purchase AS unit
              JOIN kpb_branch AS branch ON branch.id = unit.branch_id
              JOIN (VALUES %(days)s) AS due (schedule_id, tz, bought_until)
                ON due.schedule_id = unit.schedule_id AND due.tz = branch.tz
              JOIN LATERAL (
                       SELECT place::int, (%(steps)s)[place] AS name
                         FROM unnest(due.bought_until) WITH ORDINALITY AS step (bought_until, place)
                        WHERE unit.purchase_date <= step.bought_until
                       OFFSET 0
                   ) AS step ON true
            """,
            came=came,
            group=group,
            own=own,
            elsewhere=elsewhere,
            group_rate=self._rate(group),
            own_rate=self._rate(own),
            elsewhere_rate=self._rate(elsewhere),
            days=SQL(", ").join(self._days() or [SQL("(0, '', NULL::date[])")]),
            steps=[step.value for step in LadderStep],
        )

    def _days(self):
        """Return SQL rows (schedule, time zone, for each step the last day of purchase)."""
        now = fields.Datetime.now()
        # sudo: units follow schedules that were archived since; nothing but days is told
        schedules = self.env["kpb.schedule"].sudo().with_context(active_test=False)
        rows = []
        for schedule in schedules.search([("state", "!=", "draft")]):
            lines = self._first_lines(schedule._rule_milestones())
            for tz, _label in TIMEZONES:
                today = local_day(now, tz)
                days = [line and self._bought_until(line, today) for line in lines]
                rows.append(SQL("(%s, %s, %s::date[])", schedule.id, tz, days))
        return rows

    def _first_lines(self, milestones):
        """Return the line of a schedule for each step, None where it has none."""
        by_number = {line.kpb_number: line for line in milestones if line.kind == Kind.KPB}
        by_kind = {line.kind: line for line in milestones}
        lines = [by_number.get(number) for number in (1, 2, 3, 4)]
        return [*lines, by_kind.get(Kind.REGULAR), by_kind.get(Kind.RENEWAL)]

    def _bought_until(self, line, today):
        """Return the last day of purchase for which a line's first call is due.

        The calendar decides, not a number of days: 30 November + 3 months is 28 February.
        """
        months = line.offset_months + line.interval_months
        day = today - timedelta(days=line.offset_days + 28 * months)
        while planned_date(day, line) > today:
            day -= timedelta(days=1)
        return day

    def action_open(self):
        """Open the unit."""
        self.ensure_one()
        return self.purchase_id._get_records_action()
