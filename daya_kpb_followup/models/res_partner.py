from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    nik = fields.Char(
        "NIK",
        copy=False,
        index="btree_not_null",
        groups="daya_kpb_followup.kpb_group_privacy",
        help="National identity number, 16 digits.",
    )
    birth_place = fields.Char(groups="daya_kpb_followup.kpb_group_user")
    birth_date = fields.Date(groups="daya_kpb_followup.kpb_group_user")
    kpb_do_not_contact = fields.Boolean(
        "Do Not Contact", help="The customer asked not to be called about KPB and service."
    )
    kpb_purchase_ids = fields.One2many(
        "kpb.purchase", "partner_id", "Units", groups="daya_kpb_followup.kpb_group_user"
    )
    kpb_purchase_count = fields.Integer(
        compute="_compute_kpb_purchase_count", groups="daya_kpb_followup.kpb_group_user"
    )

    def _compute_kpb_purchase_count(self):
        counts = dict(
            self.env["kpb.purchase"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.kpb_purchase_count = counts.get(partner, 0)

    def action_view_kpb_purchases(self):
        """Open the units that the customer bought."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "daya_kpb_followup.kpb_purchase_action"
        )
        return {
            **action,
            "domain": [("partner_id", "=", self.id)],
            "context": {"default_partner_id": self.id},
        }
