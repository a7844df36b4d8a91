from odoo import fields, models
from odoo.tools import SQL

from ..rules.outcomes import Place


class KpbLostReport(models.Model):
    """One row per time that a unit was at risk or LOST: why, to whom, and whether it came back."""

    _name = "kpb.lost.report"
    _description = "LOST and Win-backs"
    _inherit = ["kpb.figures"]
    _auto = False
    _rec_name = "purchase_id"
    _order = "began_on desc, id desc"
    _depends = {
        "kpb.lost.episode": [
            "purchase_id",
            "standing",
            "began_on",
            "ended_on",
            "reason_id",
            "by_hand",
            "dealer_name",
        ],
        "kpb.visit": ["purchase_id", "place", "date"],
        "kpb.purchase": ["partner_id", "branch_id", "product_id", "salesperson_id"],
        "res.partner": ["city"],
    }

    purchase_id = fields.Many2one("kpb.purchase", "Unit", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    branch_id = fields.Many2one("kpb.branch", readonly=True)
    product_id = fields.Many2one("product.product", "Unit Model", readonly=True)
    salesperson_id = fields.Many2one("res.users", readonly=True)
    standing = fields.Selection(
        lambda self: self._words_of("kpb.lost.episode", "standing"), readonly=True
    )
    began_on = fields.Date("Since", readonly=True)
    ended_on = fields.Date("Until", readonly=True)
    is_current = fields.Boolean("Still So", readonly=True)
    reason_id = fields.Many2one("kpb.lost.reason", readonly=True)
    by_hand = fields.Boolean("Set by a Person", readonly=True)
    dealer_name = fields.Char("Dealer", readonly=True)
    area = fields.Char(readonly=True, help="City of the customer's address.")
    won_back = fields.Boolean(readonly=True)
    lost = fields.Integer("LOST", readonly=True, help="Times that units became LOST.")
    at_risk = fields.Integer(readonly=True, help="Times that units became at risk.")
    win_backs = fields.Integer(
        "Win-backs", readonly=True, help="LOST units serviced in the group again."
    )
    won_back_rate = fields.Float(
        "Won Back (%)", readonly=True, aggregator="avg", help="Out of the units that became LOST."
    )
    days = fields.Float(
        "Days Until Back",
        readonly=True,
        aggregator="avg",
        help="From LOST to the first service in the group, of those who were won back.",
    )

    @property
    def _table_query(self):
        lost = SQL("episode.standing = 'lost'")
        # asked of the visits: a corrected one changes what is told
        won_back = SQL("(episode.ended_on IS NOT NULL AND back.date IS NOT NULL)")
        return SQL(
            """
            SELECT episode.id, episode.purchase_id, unit.partner_id, unit.branch_id,
                   unit.product_id, unit.salesperson_id, episode.standing, episode.began_on,
                   episode.ended_on, episode.ended_on IS NULL AS is_current, episode.reason_id,
                   COALESCE(episode.by_hand, false) AS by_hand, episode.dealer_name,
                   partner.city AS area, %(won_back)s AS won_back, (%(lost)s)::int AS lost,
                   (episode.standing = 'at_risk')::int AS at_risk,
                   (%(lost)s AND %(won_back)s)::int AS win_backs,
                   %(rate)s AS won_back_rate,
                   CASE WHEN %(lost)s AND %(won_back)s
                        THEN back.date - episode.began_on END AS days
              FROM kpb_lost_episode AS episode
              JOIN kpb_purchase AS unit ON unit.id = episode.purchase_id
              LEFT JOIN res_partner AS partner ON partner.id = unit.partner_id
              LEFT JOIN LATERAL (
                  SELECT min(visit.date) AS date
                    FROM kpb_visit AS visit
                   WHERE visit.purchase_id = episode.purchase_id
                     AND visit.place != %(elsewhere)s AND visit.date >= episode.began_on
                     AND NOT EXISTS (
                         SELECT FROM kpb_lost_episode AS later
                          WHERE later.purchase_id = episode.purchase_id
                            AND later.standing = 'lost' AND later.id > episode.id
                            AND later.began_on <= visit.date
                     )
              ) AS back ON %(lost)s
            """,
            lost=lost,
            won_back=won_back,
            elsewhere=Place.ELSEWHERE.value,
            rate=self._rate(won_back, lost),
        )

    def action_open(self):
        """Open the unit."""
        self.ensure_one()
        return self.purchase_id._get_records_action()
