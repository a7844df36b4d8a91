from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import table_exists

from .res_partner_freshness import OURS

RELATION = "kpb_customer_other_branch_rel"


class ResPartner(models.Model):
    """Which branches know a customer: those that sold him a unit, and no other.

    Nearly everybody bought in one branch; the few who bought in several have the others here, so
    that the record rule on customers looks into a small table.
    """

    _inherit = "res.partner"

    kpb_other_branch_ids = fields.Many2many(
        "kpb.branch",
        RELATION,
        "partner_id",
        "branch_id",
        "Also Customer of",
        compute="_compute_kpb_other_branch_ids",
        store=True,
        groups=OURS,
        help="Branches of units bought before the last one.",
    )

    def _auto_init(self):
        """Fill the relation by one statement; the ORM would ask for every contact."""
        if not table_exists(self.env.cr, RELATION):
            self.env.cr.execute(
                SQL(
                    """
                    CREATE TABLE %(relation)s (partner_id INTEGER NOT NULL,
                        branch_id INTEGER NOT NULL, PRIMARY KEY (partner_id, branch_id));
                    CREATE INDEX ON %(relation)s (branch_id, partner_id)
                    """,
                    relation=SQL.identifier(RELATION),
                )
            )
            self.pool.post_init(self._fill_kpb_other_branches)
        return super()._auto_init()

    @api.depends("kpb_purchase_ids.branch_id", "kpb_purchase_ids.purchase_date")
    def _compute_kpb_other_branch_ids(self):
        for partner in self:
            units = partner.kpb_purchase_ids.sorted(lambda unit: (unit.purchase_date, unit.id))
            others = units.branch_id - units[-1:].branch_id
            if partner.kpb_other_branch_ids != others:  # each write is a query
                partner.kpb_other_branch_ids = others

    @api.model
    def _fill_kpb_other_branches(self):
        """Fill the relation from the units of those who bought in several branches."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO %(relation)s (partner_id, branch_id)
                SELECT DISTINCT unit.partner_id, unit.branch_id
                  FROM kpb_purchase unit
                  JOIN (
                      SELECT partner_id,
                             (array_agg(branch_id ORDER BY purchase_date DESC, id DESC))[1] AS last
                        FROM kpb_purchase
                       GROUP BY partner_id HAVING count(DISTINCT branch_id) > 1
                  ) AS buyer ON buyer.partner_id = unit.partner_id
                            AND buyer.last != unit.branch_id
                """,
                relation=SQL.identifier(RELATION),
            )
        )
