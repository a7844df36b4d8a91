from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.columns import add_columns
from .res_partner_freshness import OURS

COLUMNS = (
    "kpb_branch_id",
    "kpb_salesperson_id",
    "kpb_customer_since",
    "kpb_phone_validated_on",
    "kpb_odm_validated_on",
)


class ResPartner(models.Model):
    """Whose customer a person is, since when, and when his data were confirmed by which way (P2).

    A customer belongs to the branch and the salesperson of the unit he bought last, so that every
    customer is counted once.
    """

    _inherit = "res.partner"

    kpb_branch_id = fields.Many2one(
        "kpb.branch",
        "Customer of Branch",
        compute="_compute_kpb_customer",
        store=True,
        groups=OURS,
        help="The branch of the unit bought last.",
    )
    kpb_salesperson_id = fields.Many2one(
        "res.users", "Sold By", compute="_compute_kpb_customer", store=True, groups=OURS
    )
    kpb_customer_since = fields.Date(
        "Customer Since", compute="_compute_kpb_customer", store=True, groups=OURS
    )
    kpb_phone_validated_on = fields.Date(
        "Last Validated by Phone", compute="_compute_kpb_channels", store=True, groups=OURS
    )
    kpb_odm_validated_on = fields.Date(
        "Last Validated in ODM", compute="_compute_kpb_channels", store=True, groups=OURS
    )

    _kpb_quality = models.Index(
        "(kpb_branch_id) INCLUDE (id, kpb_salesperson_id, kpb_customer_since, kpb_completeness,"
        " kpb_validated_on, kpb_phone_validated_on, kpb_odm_validated_on)"
        " WHERE kpb_branch_id IS NOT NULL AND active"
    )

    _kpb_phone = models.Index(
        "(phone_sanitized, id) WHERE phone_sanitized IS NOT NULL AND active"
        " AND kpb_branch_id IS NOT NULL"
    )
    _kpb_refusing = models.Index(
        "(id) WHERE kpb_do_not_contact OR kpb_no_service_calls OR kpb_no_offer_calls"
    )

    def _auto_init(self):
        """Fill the columns by one statement; the ORM would take hours for a million customers."""
        if add_columns(self, *COLUMNS):
            self.pool.post_init(self._fill_kpb_customer)
        return super()._auto_init()

    @api.depends(
        "kpb_purchase_ids.branch_id",
        "kpb_purchase_ids.purchase_date",
        "kpb_purchase_ids.salesperson_id",
    )
    def _compute_kpb_customer(self):
        for partner in self:
            units = partner.kpb_purchase_ids.sorted(lambda unit: (unit.purchase_date, unit.id))
            partner.kpb_branch_id = units[-1:].branch_id
            partner.kpb_salesperson_id = units[-1:].salesperson_id
            partner.kpb_customer_since = units[:1].purchase_date

    @api.depends("kpb_validation_ids.date", "kpb_validation_ids.channel")
    def _compute_kpb_channels(self):
        for partner in self:
            for channel in ("phone", "odm"):
                rows = partner.kpb_validation_ids.filtered(
                    lambda row, channel=channel: row.channel == channel
                )
                partner[f"kpb_{channel}_validated_on"] = rows._last_day()

    @api.model
    def _fill_kpb_customer(self):
        """Fill the columns of every customer from his units and validations."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner AS partner
                   SET kpb_branch_id = unit.branch_ids[1],
                       kpb_salesperson_id = unit.salesperson_ids[1],
                       kpb_customer_since = unit.since,
                       kpb_phone_validated_on = said.phone,
                       kpb_odm_validated_on = said.odm
                  FROM (
                      SELECT partner_id, min(purchase_date) AS since,
                             array_agg(branch_id ORDER BY purchase_date DESC, id DESC)
                                AS branch_ids,
                             array_agg(salesperson_id ORDER BY purchase_date DESC, id DESC)
                                AS salesperson_ids
                        FROM kpb_purchase
                       GROUP BY partner_id
                  ) AS unit
                  LEFT JOIN (
                      SELECT row.partner_id,
                             max(local.day) FILTER (WHERE row.channel = 'phone') AS phone,
                             max(local.day) FILTER (WHERE row.channel = 'odm') AS odm
                        FROM kpb_validation AS row
                        JOIN kpb_purchase AS unit ON unit.id = row.purchase_id
                        JOIN kpb_branch AS branch ON branch.id = unit.branch_id
                       CROSS JOIN LATERAL (
                           SELECT (row.date AT TIME ZONE 'UTC' AT TIME ZONE branch.tz)::date AS day
                       ) AS local
                       GROUP BY row.partner_id
                  ) AS said ON said.partner_id = unit.partner_id
                 WHERE partner.id = unit.partner_id
                """
            )
        )
