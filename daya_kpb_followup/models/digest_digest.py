from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..rules.measures import CAME

MANAGER = "daya_kpb_followup.kpb_group_manager"


class DigestDigest(models.Model):
    """The week in Odoo's digest mail: calls made, customers who came, data confirmed, units LOST.

    Each reader gets the figures of his own branches; who is no manager gets none. They are in every
    digest until somebody takes them out, also in those that were there before.
    """

    _inherit = "digest.digest"

    kpi_kpb_calls = fields.Boolean("KPB: Calls Made", default=True)
    kpi_kpb_calls_value = fields.Integer(compute="_compute_kpi_kpb_calls_value")
    kpi_kpb_came = fields.Boolean("KPB: Customers Who Came", default=True)
    kpi_kpb_came_value = fields.Integer(compute="_compute_kpi_kpb_came_value")
    kpi_kpb_validated = fields.Boolean("KPB: Data Items Confirmed", default=True)
    kpi_kpb_validated_value = fields.Integer(compute="_compute_kpi_kpb_validated_value")
    kpi_kpb_lost = fields.Boolean("KPB: Units LOST", default=True)
    kpi_kpb_lost_value = fields.Integer(compute="_compute_kpi_kpb_lost_value")

    def _compute_kpi_kpb_calls_value(self):
        logged = Domain("outcome", "!=", False) & Domain("undone", "=", False)
        self._count_kpb("kpi_kpb_calls_value", "kpb.attempt", "date", logged)

    def _compute_kpi_kpb_came_value(self):
        came = Domain("result", "in", [result.value for result in CAME])
        self._count_kpb("kpi_kpb_came_value", "kpb.followup", "closed_at", came)

    def _compute_kpi_kpb_validated_value(self):
        self._count_kpb("kpi_kpb_validated_value", "kpb.validation", "date", Domain.TRUE)

    def _compute_kpi_kpb_lost_value(self):
        lost = Domain("status", "=", "lost")
        self._count_kpb("kpi_kpb_lost_value", "kpb.purchase", "lost_date", lost)

    def _count_kpb(self, name, model, when, domain):
        """Count the rows of the digest's period that its reader may see.

        :param str name: the field that takes the number
        :param str when: the date or moment of a row
        :raises AccessError: the reader is no manager; the digest then leaves the figure out
        """
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("These figures are for managers of KPB Follow-up."))
        start, end, companies = self._get_kpi_compute_parameters()
        period = Domain(when, ">=", start) & Domain(when, "<", end)
        if self.env[model]._fields[when].type == "date":
            period = self._local_days(when, *map(fields.Datetime.to_datetime, (start, end)))
        counts = dict(
            self.env[model]._read_group(
                domain & period & Domain("branch_id.company_id", "in", companies.ids),
                ["branch_id"],
                ["__count"],
            )
        )
        for digest in self:
            company = digest.company_id or self.env.company
            digest[name] = sum(
                # sudo: the company of a branch that the reader works in
                number
                for branch, number in counts.items()
                if branch.sudo().company_id == company
            )

    @api.model
    def _local_days(self, when, start, end):
        """Return the domain of the whole days between two moments, by the clock of each branch.

        :param str when: a date of the rows, which have a ``branch_id``
        :param datetime start: naive UTC; its day is the first one
        :param datetime end: naive UTC; its day is the first one behind
        """
        # sudo: the clock of a branch, for rows that have rules of their own
        branches = self.env["kpb.branch"].sudo().with_context(active_test=False).search([])
        return Domain.OR(
            Domain("branch_id", "in", alike.ids)
            & Domain(when, ">=", alike[0]._local(start).date())
            & Domain(when, "<", alike[0]._local(end).date())
            for alike in branches.grouped("tz").values()
        )

    @api.model
    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("daya_kpb_followup.kpb_menu").id
        page = f"daya_kpb_followup.kpb_dashboard_action?menu_id={menu}"
        return actions | {
            f"kpi_kpb_{name}": page for name in ("calls", "came", "validated", "lost")
        }
