from odoo import fields, models
from odoo.fields import Domain

from ..rules.outcomes import Result, State


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
        "Do Not Contact",
        tracking=True,
        help="The customer asked not to be called. No call is generated, none stays open.",
    )
    kpb_do_not_contact_reason = fields.Char("Reason Not to Contact")
    kpb_do_not_contact_date = fields.Date("Do Not Contact Since", readonly=True)
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

    def write(self, vals):
        """Change customers; whoever asks not to be contacted has no open call any more."""
        if vals.get("kpb_do_not_contact"):
            vals = {"kpb_do_not_contact_date": fields.Date.context_today(self), **vals}
        done = super().write(vals)
        if vals.get("kpb_do_not_contact"):
            self._cancel_kpb_followups()
        return done

    def _stop_contact(self, reason):
        """Note that the customer does not want to be contacted.

        :param str reason: in the customer's words
        """
        self.write({"kpb_do_not_contact": True, "kpb_do_not_contact_reason": reason or False})

    def _cancel_kpb_followups(self):
        # sudo: the wish of a customer holds in every branch
        followup = self.env["kpb.followup"].sudo()
        still_open = followup.search(followup._open_domain() & Domain("partner_id", "in", self.ids))
        still_open._close(State.CANCELLED, Result.DO_NOT_CONTACT)

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
