from odoo import fields, models
from odoo.tools import SQL

from ..rules.measures import FunnelStep
from .kpb_followup_report import KpbFollowupReport


class KpbFunnelReport(models.Model):
    """One row per follow-up and step that it has reached: due, called, reached, agreed, came.

    For pictures and tables in which the steps stand beside each other; the same calls and the
    same conditions as in the follow-up analysis.
    """

    _name = "kpb.funnel.report"
    _description = "Funnel"
    _inherit = ["kpb.figures"]
    _auto = False
    _rec_name = "followup_id"
    _order = "planned_date desc, id desc"
    _depends = KpbFollowupReport._depends

    step = fields.Selection(
        [
            (FunnelStep.DUE.value, "Due"),
            (FunnelStep.CALLED.value, "Called"),
            (FunnelStep.CONTACTED.value, "Reached"),
            (FunnelStep.APPOINTMENT.value, "Appointment"),
            (FunnelStep.CAME.value, "Came"),
        ],
        readonly=True,
    )
    followup_id = fields.Many2one("kpb.followup", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    branch_id = fields.Many2one("kpb.branch", readonly=True)
    milestone_id = fields.Many2one("kpb.milestone", readonly=True)
    kind = fields.Selection(lambda self: self._words_of("kpb.milestone", "kind"), readonly=True)
    role_id = fields.Many2one("kpb.role", readonly=True)
    user_id = fields.Many2one("res.users", "Caller", readonly=True)
    planned_date = fields.Date(readonly=True)
    customers = fields.Integer(
        readonly=True,
        aggregator="count_distinct",
        help="Each customer counted once in every branch that calls him, so that the branches add"
        " up to head office's figure.",
    )

    @property
    def _table_query(self):
        analysis = self.env["kpb.followup.report"]
        of = analysis._conditions()
        steps = (of["due"], of["called"], of["contacted"], of["agreed"], of["came_by_appointment"])
        return SQL(
            """
            SELECT call.id::bigint * 8 + step.number AS id, step.name AS step,
                   call.id AS followup_id, call.partner_id, call.branch_id, call.milestone_id,
                   milestone.kind, call.role_id, call.user_id, call.planned_date,
                   %(customer)s AS customers
              FROM %(calls)s
             CROSS JOIN LATERAL (VALUES %(steps)s) AS step (number, name, reached)
             WHERE step.reached
            """,
            customer=self._at_branch(SQL("call.partner_id"), SQL("call.branch_id")),
            calls=analysis._from(),
            steps=SQL(", ").join(
                SQL("(%s, %s, %s)", number, step.value, reached)
                for number, (step, reached) in enumerate(zip(FunnelStep, steps, strict=True))
            ),
        )

    def action_open(self):
        """Open the call itself."""
        self.ensure_one()
        return self.followup_id._get_records_action()
