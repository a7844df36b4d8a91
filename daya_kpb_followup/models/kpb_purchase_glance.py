from odoo import api, fields, models

from ..rules.outcomes import Place


class KpbPurchase(models.Model):
    """What lists and boards show of a unit, put in few words."""

    _inherit = "kpb.purchase"

    unit = fields.Char("Unit and Plate", compute="_compute_unit")
    visit_count = fields.Integer(compute="_compute_visits_at_a_glance")
    kpb_used = fields.Json(
        "Used Coupons", compute="_compute_visits_at_a_glance", help="KPB numbers, ascending."
    )
    outside_visit = fields.Char(
        "Serviced Elsewhere",
        compute="_compute_visits_at_a_glance",
        help="The last service outside the group.",
    )

    @api.depends("product_id.name", "license_plate", "chassis_number")
    @api.depends_context("lang")
    def _compute_unit(self):
        for purchase in self:
            model = purchase.product_id.sudo().name  # sudo: who reads a unit reads what it is
            plate, chassis = purchase.license_plate, purchase.chassis_number
            words = (plate, model) if plate else (model, chassis)  # a narrow column shows the first
            purchase.unit = " · ".join(filter(None, words))

    @api.depends("visit_ids.place", "visit_ids.dealer_name", "visit_ids.kpb_number")
    def _compute_visits_at_a_glance(self):
        for purchase in self:
            visits = purchase.visit_ids
            outside = visits.filtered(lambda visit: visit.place == Place.ELSEWHERE)[:1]
            purchase.visit_count = len(visits)
            purchase.kpb_used = sorted(set(visits.mapped("kpb_number")) - {0})
            purchase.outside_visit = outside.dealer_name

    # actions
    def action_view_validations(self):
        """Open the ledger of the customer's confirmed and corrected data."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "daya_kpb_followup.kpb_validation_action"
        )
        return {**action, "domain": [("partner_id", "=", self.partner_id.id)], "context": {}}

    def action_view_visits(self):
        """Open the unit's visits."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("daya_kpb_followup.kpb_visit_action")
        return {
            **action,
            "domain": [("purchase_id", "=", self.id)],
            "context": {"default_purchase_id": self.id},
        }

    def action_view_partner(self):
        """Open the customer."""
        self.ensure_one()
        return self.partner_id._get_records_action()
