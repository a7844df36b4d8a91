from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: What can stand aside: model → its branch, in SQL over the model's own table.
PARKED = {
    "kpb.purchase": "branch_id",
    "kpb.followup": "branch_id",
    "kpb.escalation": "branch_id",
    "kpb.import.row": None,
}
BRANCH = "kpb.branch"


class KpbAttention(models.Model):
    """What scheduled work could not do and a person should look at; nothing is stored.

    Records that were parked with their problem, branches whose generation stands still, and the
    clock when its date is not believed. Everybody sees what he may see of the records themselves.
    """

    _name = "kpb.attention"
    _description = "Needs Attention"
    _auto = False
    _order = "since, id"
    _depends = {
        "kpb.branch": ["active", "generated_as_of"],
        **{model: ["park_count", "park_error", "park_retry_at", "write_date"] for model in PARKED},
    }

    kind = fields.Selection(
        [
            ("kpb.purchase", "Unit"),
            ("kpb.followup", "Follow-up"),
            ("kpb.escalation", "Escalation"),
            ("kpb.import.row", "Row of an Import"),
            ("kpb.branch", "Branch Stands Still"),
        ],
        readonly=True,
    )
    record = fields.Many2oneReference("Record ID", model_field="kind", readonly=True)
    branch_id = fields.Many2one("kpb.branch", readonly=True)
    problem = fields.Char(readonly=True)
    tries = fields.Integer(readonly=True, aggregator=None)
    retry_at = fields.Datetime("Next Try", readonly=True)
    since = fields.Datetime("Last Try", readonly=True)
    name = fields.Char(compute="_compute_name")
    advice = fields.Text("What to Do", compute="_compute_advice")
    can_confirm = fields.Boolean(compute="_compute_advice")

    @property
    def _table_query(self):
        parts = [self._parked_rows(place, model) for place, model in enumerate(PARKED, 1)]
        return SQL(" UNION ALL ").join([*parts, self._late_rows()])

    @api.model
    def _parked_rows(self, place, model):
        parked = self.env[model]
        if not parked.has_access("read"):
            return self._no_rows()
        rows = parked._search([("park_count", ">", 0)])
        branch = SQL.identifier(PARKED[model]) if PARKED[model] else SQL("NULL::int")
        return SQL(
            """
            SELECT id * 8 + %s AS id, %s AS kind, id AS record, %s AS branch_id,
                   park_error AS problem, park_count AS tries, park_retry_at AS retry_at,
                   write_date AS since
              FROM %s WHERE park_count > 0 AND id IN %s
            """,
            place,
            model,
            branch,
            SQL.identifier(parked._table),
            rows.subselect(),
        )

    @api.model
    def _late_rows(self):
        branches = self.env[BRANCH].search([("access_user_ids", "in", self.env.uid)])
        if self.env.user.has_group("daya_kpb_followup.kpb_group_admin"):
            branches = self.env[BRANCH].search([])
        late = branches.filtered(lambda branch: branch._is_late())
        return SQL(
            """
            SELECT id * 8, %s, id, id, NULL, NULL::int, NULL::timestamp,
                   coalesce(generated_as_of, create_date)::timestamp
              FROM kpb_branch WHERE id = ANY(%s)
            """,
            BRANCH,
            late.ids,
        )

    @api.model
    def _no_rows(self):
        return SQL(
            "SELECT NULL::int, NULL, NULL::int, NULL::int, NULL, NULL::int, NULL::timestamp,"
            " NULL::timestamp WHERE FALSE"
        )

    @api.depends("kind", "record")
    def _compute_name(self):
        for line in self:
            line.name = self.env[line.kind].browse(line.record).display_name

    @api.depends("kind")
    @api.depends_context("uid", "lang")
    def _compute_advice(self):
        held = self.env["kpb.clock"]._why_held()
        is_admin = self.env.user.has_group("daya_kpb_followup.kpb_group_admin")
        for line in self:
            stands = line.kind == BRANCH
            line.can_confirm = bool(stands and held and is_admin)
            if stands:
                line.advice = held or self.env._(
                    "No day was completed for more than 26 hours. Ask your Odoo administrator"
                    " whether scheduled actions run."
                )
            else:
                line.advice = line.problem

    def action_open(self):
        """Open the record behind the line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.kind,
            "res_id": self.record,
            "view_mode": "form",
        }

    def action_retry(self):
        """Let the next run try the parked records again at once."""
        for line in self.filtered(lambda line: line.kind != BRANCH):
            self.env[line.kind].browse(line.record).action_retry()

    def action_confirm_clock(self):
        """Say that the date is right although it is far from the last complete day.

        :raises UserError: when nothing waits for that
        """
        if not self.env["kpb.clock"]._held_since():
            raise UserError(
                self.env._("The date is believed already; there is nothing to confirm.")
            )
        self.env["kpb.clock"]._confirm()
