from odoo import api, fields, models
from odoo.tools import SQL

from ..rules.measures import ladder
from ..rules.outcomes import Place
from ..tools.columns import add_columns


class KpbPurchase(models.Model):
    """Where a unit came for each service, in five letters: the ladder reads a million of them."""

    _inherit = "kpb.purchase"

    ladder = fields.Char(
        "Came For",
        compute="_compute_ladder",
        store=True,
        help="KPB 1 to 4 and regular services: o own branch, s sister branch, e elsewhere,"
        " - not yet.",
    )

    _bought = models.Index("(purchase_date, branch_id)")

    def _auto_init(self):
        """Fill the column by one statement; the ORM would take hours for a million units."""
        if add_columns(self, "ladder"):
            self.pool.post_init(self._fill_ladder)
        return super()._auto_init()

    @api.depends("visit_ids.kpb_number", "visit_ids.place")
    def _compute_ladder(self):
        for unit in self:
            unit.ladder = ladder((visit.kpb_number, Place(visit.place)) for visit in unit.visit_ids)

    @api.model
    def _fill_ladder(self):
        """Fill the column of every unit from its visits."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE kpb_purchase AS unit
                   SET ladder = COALESCE(came.one, '-') || COALESCE(came.two, '-')
                                || COALESCE(came.three, '-') || COALESCE(came.four, '-')
                                || COALESCE(came.regular, '-')
                  FROM kpb_purchase
                  LEFT JOIN (
                      SELECT purchase_id,
                             max(letter) FILTER (WHERE kpb_number = 1) AS one,
                             max(letter) FILTER (WHERE kpb_number = 2) AS two,
                             max(letter) FILTER (WHERE kpb_number = 3) AS three,
                             max(letter) FILTER (WHERE kpb_number = 4) AS four,
                             (array_agg(letter ORDER BY number)
                                 FILTER (WHERE kpb_number = 0))[1] AS regular
                        FROM kpb_visit
                        JOIN (VALUES ('own', 'o', 1), ('sister', 's', 2), ('elsewhere', 'e', 3))
                             AS places (name, letter, number) ON places.name = kpb_visit.place
                       GROUP BY purchase_id
                  ) AS came ON came.purchase_id = kpb_purchase.id
                 WHERE kpb_purchase.id = unit.id
                """
            )
        )
