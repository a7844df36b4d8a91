from odoo import api, fields, models
from odoo.tools import format_list

from ..rules.freshness import completeness, freshness
from .kpb_validated import FIELDS_OF_ITEM

OURS = "daya_kpb_followup.kpb_group_user"


class ResPartner(models.Model):
    """How complete and how fresh a customer's data are (P3)."""

    _inherit = "res.partner"

    kpb_validation_ids = fields.One2many("kpb.validation", "partner_id", "Validations", groups=OURS)
    kpb_completeness = fields.Integer(
        "Complete (%)",
        compute="_compute_kpb_completeness",
        store=True,
        precompute=True,
        aggregator="avg",
        groups=OURS,
        help="How many of the five items are there: name, address, KTP number, phone, birth.",
    )
    kpb_missing = fields.Char(
        "Missing", compute="_compute_kpb_missing", compute_sudo=True, groups=OURS
    )
    kpb_validated_on = fields.Date(
        "Last Validated",
        compute="_compute_kpb_validated_on",
        store=True,
        groups=OURS,
        help="Day on which the customer last confirmed or corrected an item.",
    )
    kpb_freshness = fields.Integer(
        "Fresh (%)",
        compute="_compute_kpb_freshness",
        compute_sudo=True,
        groups=OURS,
        help="How many of the five items were confirmed in the last twelve months.",
    )

    @api.depends("name", "street", "nik", "phone", "birth_place", "birth_date")
    def _compute_kpb_completeness(self):
        for partner in self:
            partner.kpb_completeness = completeness(partner._kpb_missing_items())

    @api.depends("kpb_completeness")
    @api.depends_context("lang")
    def _compute_kpb_missing(self):
        names = dict(self.env["kpb.validation"]._fields["item"]._description_selection(self.env))
        for partner in self:
            missing = [names[item] for item in partner._kpb_missing_items()]
            partner.kpb_missing = format_list(self.env, missing, "unit-narrow") if missing else ""

    @api.depends("kpb_validation_ids.date")
    def _compute_kpb_validated_on(self):
        for partner in self:
            partner.kpb_validated_on = partner.kpb_validation_ids._last_day()

    @api.depends("kpb_completeness", "kpb_validation_ids.date")
    def _compute_kpb_freshness(self):
        for partner in self:
            branch = partner.kpb_branch_id
            today = branch._today() if branch else fields.Date.context_today(self)
            latest = partner._kpb_latest_validations()
            missing = partner._kpb_missing_items()
            partner.kpb_freshness = freshness(
                [row._last_day() for item, row in latest.items() if item not in missing], today
            )

    def _kpb_missing_items(self):
        """Return the items that are still empty, in the order of the form."""
        self.ensure_one()
        partner = self.sudo()  # sudo: whether there is a NIK is no secret
        return [
            item
            for item, names in FIELDS_OF_ITEM.items()
            if not all(partner[name] for name in names)
        ]

    def _kpb_latest_validations(self):
        """Return item → the last ``kpb.validation`` of it, in superuser mode."""
        self.ensure_one()
        partner = self.sudo()  # sudo: since when an item is certain is told to whoever sees him
        if not partner.kpb_validated_on:
            return {}
        return {row.item: row for row in partner.kpb_validation_ids.sorted("id")}
