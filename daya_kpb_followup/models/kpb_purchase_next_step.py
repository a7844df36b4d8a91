from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.columns import add_columns

STAGE_OF_STATUS = {
    "lost": "daya_kpb_followup.kpb_stage_lost",
    "stopped": "daya_kpb_followup.kpb_stage_stopped",
    "prospect": "daya_kpb_followup.kpb_stage_prospect",
}


class KpbPurchase(models.Model):
    """What is next with a unit, and where that puts it on the board.

    The call that waits longest comes first; where none waits, the one that will be made.
    """

    _inherit = "kpb.purchase"

    stage_id = fields.Many2one(
        "kpb.stage",
        compute="_compute_next",
        store=True,
        index=True,
        ondelete="restrict",
        group_expand="_group_expand_stage_id",
    )
    next_step_date = fields.Date(
        "Next Call On",
        compute="_compute_next",
        store=True,
        help="Deadline of the call that waits longest, else the day of the one to come.",
    )
    next_step = fields.Char(compute="_compute_next_step")

    # the board of a branch: columns, counters and cards, what waits longest first
    _branch_board = models.Index("(branch_id, stage_id, next_step_date, id) INCLUDE (status)")

    def _auto_init(self):
        """Fill the column by one statement; the ORM would take hours for a million units."""
        if add_columns(self, "next_step_date"):
            self.pool.post_init(self._fill_next_step_date)
        return super()._auto_init()

    @api.depends(
        "status",
        "next_milestone_id",
        "next_followup_date",
        "followup_ids.state",
        "followup_ids.deadline",
        "followup_ids.milestone_id",
    )
    def _compute_next(self):
        last_stage = self.env.ref("daya_kpb_followup.kpb_stage_renewal")
        waiting = self._waiting_calls()
        for unit in self:
            calls = waiting.get(unit._origin.id, ())
            unit.next_step_date = min(
                (call.deadline for call in calls), default=unit.next_followup_date
            )
            if unit.status in STAGE_OF_STATUS:
                unit.stage_id = self.env.ref(STAGE_OF_STATUS[unit.status])
                continue
            milestone = calls[-1].milestone_id if calls else unit.next_milestone_id
            unit.stage_id = milestone.stage_id or last_stage

    @api.depends(
        "followup_ids.state",
        "followup_ids.deadline",
        "next_milestone_id.name",
        "next_milestone_id.interval_months",
        "next_occurrence",
    )
    @api.depends_context("lang")
    def _compute_next_step(self):
        # sudo: who reads a unit reads what is next with it, also when a colleague makes the call
        waiting = self.sudo()._waiting_calls()
        for unit in self:
            calls = waiting.get(unit._origin.id)
            unit.next_step = (
                calls.sorted(lambda call: (call.deadline, call.id))[0]._step_name()
                if calls
                else unit._step_to_come()
            )

    def _waiting_calls(self):
        """Return id of a unit → its open calls in the order of the procedure."""
        followups = self.env["kpb.followup"]
        waiting = followups.search_fetch(
            followups._open_domain() & Domain("purchase_id", "in", self._origin.ids),
            ["purchase_id", "milestone_id", "occurrence", "deadline"],
            order="planned_date, id",
        )
        return waiting.grouped(lambda call: call.purchase_id.id)

    def _step_to_come(self):
        """Return the name of the step at which the next call will be made, or False."""
        milestone = self.next_milestone_id
        return milestone._step_name(self.next_occurrence) if milestone else False

    @api.model
    def _group_expand_stage_id(self, stages, domain):
        return stages.search([])

    @api.model
    def _fill_next_step_date(self):
        """Fill the column of every unit from its open calls and its pointer."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE kpb_purchase AS unit
                   SET next_step_date = COALESCE(waiting.day, unit.next_followup_date)
                  FROM kpb_purchase
                  LEFT JOIN (SELECT purchase_id, min(deadline) AS day FROM kpb_followup
                              WHERE state IN ('todo', 'appointment')
                              GROUP BY purchase_id) AS waiting
                         ON waiting.purchase_id = kpb_purchase.id
                 WHERE kpb_purchase.id = unit.id
                """
            )
        )
