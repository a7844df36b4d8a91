from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import table_exists

#: Standings that are told month by month.
TOLD = ("at_risk", "lost")


class KpbLostEpisode(models.Model):
    """For how long a unit was at risk or LOST, why, and how it ended (S3): kept for ever.

    The unit only knows how it stands today. An episode begins when a unit becomes at risk or LOST
    and ends with the next standing. Who was won back is asked of the visits since.
    """

    _name = "kpb.lost.episode"
    _description = "Time at Risk or LOST"
    _order = "began_on desc, id desc"
    _rec_name = "purchase_id"

    purchase_id = fields.Many2one(
        "kpb.purchase", "Unit", required=True, readonly=True, index=True, ondelete="cascade"
    )
    branch_id = fields.Many2one(related="purchase_id.branch_id")
    standing = fields.Selection(
        [("at_risk", "At Risk"), ("lost", "LOST")], required=True, readonly=True
    )
    began_on = fields.Date(required=True, readonly=True)
    reason_id = fields.Many2one("kpb.lost.reason", readonly=True, ondelete="restrict")
    by_hand = fields.Boolean("Set by a Person", readonly=True)
    dealer_name = fields.Char("Dealer", readonly=True, help="Where the unit was serviced instead.")
    ended_on = fields.Date(readonly=True)

    _open_once = models.UniqueIndex(
        "(purchase_id) WHERE ended_on IS NULL", "The unit is at risk or LOST already."
    )
    _month = models.Index("(began_on, purchase_id)")

    def _auto_init(self):
        """Begin with how the units stand when the ledger comes into a database with units."""
        cr = self.env.cr
        if table_exists(cr, "kpb_purchase") and not table_exists(cr, self._table):
            self.pool.post_init(self._fill_from_standing)
        return super()._auto_init()

    @api.model
    def _fill_from_standing(self):
        """Add an episode for each unit that is at risk or LOST now."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO kpb_lost_episode (purchase_id, standing, began_on, reason_id, by_hand,
                       dealer_name, create_uid, create_date, write_uid, write_date)
                SELECT unit.id, unit.status,
                       COALESCE(unit.lost_date, outside.date, unit.write_date::date),
                       unit.lost_reason_id, unit.lost_by_hand, outside.dealer_name,
                       1, now() AT TIME ZONE 'UTC', 1, now() AT TIME ZONE 'UTC'
                  FROM kpb_purchase AS unit
                  LEFT JOIN LATERAL (
                      SELECT date, dealer_name FROM kpb_visit
                       WHERE purchase_id = unit.id AND place = 'elsewhere'
                       ORDER BY date DESC, id DESC LIMIT 1
                  ) AS outside ON true
                 WHERE unit.status IN ('at_risk', 'lost')
                """
            )
        )

    @api.model
    def _turn(self, units):
        """End and begin episodes after the standing of units has changed."""
        running = self.search([("purchase_id", "in", units.ids), ("ended_on", "=", False)])
        episode_of = {episode.purchase_id: episode for episode in running}
        vals_list = []
        for unit in units:
            episode = episode_of.get(unit, self.browse())
            if episode.standing == unit.status:
                continue
            today = unit.branch_id._today()
            episode.ended_on = today
            if unit.status in TOLD:
                vals_list.append(self._beginning(unit, today))
        running.flush_recordset(["ended_on"])  # one runs at a time: end before the next begins
        self.create([vals for vals in vals_list if not self._go_on(vals)])

    @api.model
    def _go_on(self, vals):
        """Let the unit's last episode go on where what had ended it was a mistake.

        :param dict vals: of the episode that would begin
        :return: whether it was the same one
        """
        last = self.search([("purchase_id", "=", vals["purchase_id"])], limit=1)
        if (last.standing, last.began_on) != (vals["standing"], vals["began_on"]):
            return False
        last.write({**vals, "ended_on": False})
        return True

    @api.model
    def _beginning(self, unit, today):
        against = unit.evidence_ids.sorted(lambda visit: (visit.date, visit.id))
        is_lost = unit.status == "lost"
        return {
            "purchase_id": unit.id,
            "standing": unit.status,
            "began_on": (unit.lost_date if is_lost else against[:1].date) or today,
            "reason_id": unit.lost_reason_id.id,
            "by_hand": is_lost and unit.lost_by_hand,
            "dealer_name": against[-1:].dealer_name,
        }
