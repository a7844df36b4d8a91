from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..rules.freshness import FRESH_FOR

#: So many branches are a region; who sees more reads most of the customers anyway.
FEW_BRANCHES = 5
#: What no two customers should have in common.
NUMBERS = ("nik", "phone_sanitized")


class KpbDataQualityReport(models.Model):
    """One row per customer of a branch: are the data complete, confirmed, fresh? (P2, P3)

    A customer belongs to the branch of the unit bought last and is counted once. The figures are
    those of today; since when he is a customer tells how the database grows.
    """

    _name = "kpb.data.quality.report"
    _description = "Data Quality"
    _inherit = ["kpb.figures"]
    _auto = False
    _rec_name = "partner_id"
    _order = "customer_since desc, id desc"
    _depends = {
        "res.partner": [
            "active",
            "kpb_branch_id",
            "kpb_salesperson_id",
            "kpb_customer_since",
            "kpb_completeness",
            "kpb_validated_on",
            "kpb_phone_validated_on",
            "kpb_odm_validated_on",
            "nik",
            "phone_sanitized",
        ]
    }

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    branch_id = fields.Many2one("kpb.branch", readonly=True)
    salesperson_id = fields.Many2one("res.users", readonly=True)
    customer_since = fields.Date(readonly=True)
    validated_on = fields.Date("Last Validated", readonly=True)
    is_complete = fields.Boolean("Complete Data", readonly=True)
    is_fresh = fields.Boolean("Confirmed Lately", readonly=True)
    is_duplicate = fields.Boolean("Possible Duplicate", readonly=True)
    customers = fields.Integer(readonly=True, help="Customers in the database.")
    complete = fields.Integer(readonly=True, help="All five items are there.")
    by_phone = fields.Integer("Validated by Phone", readonly=True)
    in_odm = fields.Integer("Validated in ODM", readonly=True)
    validated = fields.Integer(
        "Valid", readonly=True, help="Complete, and confirmed in the last twelve months."
    )
    stale = fields.Integer(readonly=True, help="Nothing confirmed in the last twelve months.")
    duplicates = fields.Integer(
        "Possible Duplicates",
        readonly=True,
        help="Customers who share a KTP number or a phone with another customer.",
    )
    complete_rate = fields.Float("Complete (%)", readonly=True, aggregator="avg")
    phone_rate = fields.Float("Validated by Phone (%)", readonly=True, aggregator="avg")
    odm_rate = fields.Float("Validated in ODM (%)", readonly=True, aggregator="avg")
    valid_rate = fields.Float("Valid (%)", readonly=True, aggregator="avg")
    stale_rate = fields.Float("Stale (%)", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        complete = SQL("COALESCE(partner.kpb_completeness, 0) = 100")
        fresh = SQL("COALESCE(partner.kpb_validated_on >= %s, false)", self._fresh_from())
        by_phone = SQL("partner.kpb_phone_validated_on IS NOT NULL")
        in_odm = SQL("partner.kpb_odm_validated_on IS NOT NULL")
        valid = SQL("(%s AND %s)", complete, fresh)
        stale = SQL("(NOT %s)", fresh)
        counted = {
            "complete": complete,
            "by_phone": by_phone,
            "in_odm": in_odm,
            "validated": valid,
            "stale": stale,
            "duplicates": self._is_duplicate(),
        }
        rates = {
            "complete_rate": complete,
            "phone_rate": by_phone,
            "odm_rate": in_odm,
            "valid_rate": valid,
            "stale_rate": stale,
        }
        columns = [
            SQL("(%s)::int AS %s", condition, SQL.identifier(name))
            for name, condition in counted.items()
        ] + [
            SQL("%s AS %s", self._rate(condition), SQL.identifier(name))
            for name, condition in rates.items()
        ]
        return SQL(
            """
            SELECT partner.id, partner.id AS partner_id, partner.kpb_branch_id AS branch_id,
                   partner.kpb_salesperson_id AS salesperson_id,
                   partner.kpb_customer_since AS customer_since,
                   partner.kpb_validated_on AS validated_on, %(complete)s AS is_complete,
                   %(fresh)s AS is_fresh, (%(duplicate)s) AS is_duplicate, 1 AS customers,
                   %(columns)s
              FROM res_partner AS partner %(shared)s
             WHERE partner.active AND partner.kpb_branch_id IS NOT NULL
            """,
            complete=complete,
            fresh=fresh,
            duplicate=self._is_duplicate(),
            columns=SQL(", ").join(columns),
            shared=SQL() if self._few_branches() else self._shared_numbers(),
        )

    def _fresh_from(self):
        """Return SQL of the first day on which a confirmation is fresh, by the branch's clock.

        A constant, but for the hours in which one branch is a day ahead of another.
        """
        # sudo: the clock of a branch, for customers that have rules of their own
        branches = self.env["kpb.branch"].sudo().with_context(active_test=False).search([])
        days = sorted(branches.grouped(lambda branch: branch._today()).items())
        fresh_from = [SQL("%s", day - timedelta(days=FRESH_FOR.days)) for day, _alike in days]
        if len(days) < 2:
            return fresh_from[0] if days else SQL("NULL::date")
        cases = (
            SQL("WHEN partner.kpb_branch_id = ANY(%s) THEN %s::date", alike.ids, day)
            for (_today, alike), day in zip(days, fresh_from, strict=True)
        )
        return SQL("(CASE %s END)", SQL(" ").join(cases))

    def _few_branches(self):
        return len(self.env["kpb.forecast.scenario"]._branches()) <= FEW_BRANCHES

    def _is_duplicate(self):
        """Return SQL of whether another customer has the same NIK or phone; shows neither.

        For a few branches each customer is looked up by an index; for many, all shared numbers
        are found at once.
        """
        few = self._few_branches()
        looked_up = """
            EXISTS (SELECT 1 FROM res_partner AS other
                     WHERE other.%(number)s = partner.%(number)s AND other.id <> partner.id
                       AND other.active AND other.kpb_branch_id IS NOT NULL)
            """
        all_at_once = "%(table)s.%(number)s IS NOT NULL"
        return SQL(" OR ").join(
            SQL(
                looked_up if few else all_at_once,
                number=SQL.identifier(number),
                table=SQL.identifier(f"shared_{number}"),
            )
            for number in NUMBERS
        )

    def _shared_numbers(self):
        """Return SQL that joins the numbers which several customers have.

        A join is spilled to disk where memory is short; a list of them would be searched anew for
        each customer. Who does not ask for duplicates pays nothing: the numbers are unique.
        """
        return SQL(" ").join(
            SQL(
                """
                LEFT JOIN (SELECT %(number)s FROM res_partner
                            WHERE %(number)s IS NOT NULL AND active
                              AND kpb_branch_id IS NOT NULL
                            GROUP BY %(number)s HAVING count(*) > 1) AS %(table)s
                       ON %(table)s.%(number)s = partner.%(number)s
                """,
                number=SQL.identifier(number),
                table=SQL.identifier(f"shared_{number}"),
            )
            for number in NUMBERS
        )

    def action_open(self):
        """Open the customer."""
        self.ensure_one()
        return self.partner_id._get_records_action()
