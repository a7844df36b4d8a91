from odoo import api, fields, models
from odoo.fields import Domain

from ..rules import contact
from ..rules.contact import Refused
from ..rules.outcomes import Result, State
from ..rules.schedule import Kind

#: What a customer does not want to be called about → the field that says so.
FIELD_OF_REFUSED = {
    Refused.EVERYTHING: "kpb_do_not_contact",
    Refused.SERVICE: "kpb_no_service_calls",
    Refused.OFFERS: "kpb_no_offer_calls",
}


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
    kpb_no_service_calls = fields.Boolean(
        "No Service Reminders",
        tracking=True,
        help="The customer does not want to be reminded of services: KPB 1-4 and regular.",
    )
    kpb_no_offer_calls = fields.Boolean(
        "No Offers",
        tracking=True,
        help="The customer does not want to be offered a new unit.",
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

    @api.model_create_multi
    def create(self, vals_list):
        """Add customers; a wish not to be contacted is dated."""
        return super().create([self._dated_refusal(vals) for vals in vals_list])

    def write(self, vals):
        """Change customers; what they do not want to be called about is open no more."""
        done = super().write(self._dated_refusal(vals))
        if any(vals.get(name) for name in FIELD_OF_REFUSED.values()):
            self._cancel_refused_calls()
        return done

    @api.model
    def _dated_refusal(self, vals):
        if not any(vals.get(name) for name in FIELD_OF_REFUSED.values()):
            return vals
        return {"kpb_do_not_contact_date": fields.Date.context_today(self), **vals}

    def _kpb_refuses(self, kind):
        """Return whether the customer does not want calls of a kind.

        :param Kind kind: what the call is about, ``rules.schedule.Kind``
        """
        self.ensure_one()
        refused = {wish for wish, name in FIELD_OF_REFUSED.items() if self[name]}
        return contact.refuses(refused, kind)

    def _stop_contact(self, reason):
        """Note that the customer does not want to be contacted at all.

        :param str reason: in the customer's words
        """
        self.write({"kpb_do_not_contact": True, "kpb_do_not_contact_reason": reason or False})

    def _cancel_refused_calls(self):
        # sudo: the wish of a customer holds in every branch
        followup = self.env["kpb.followup"].sudo()
        still_open = followup.search(followup._open_domain() & Domain("partner_id", "in", self.ids))
        still_open.filtered(
            lambda call: call.partner_id._kpb_refuses(Kind(call.milestone_id.kind))
        )._close(State.CANCELLED, Result.DO_NOT_CONTACT)

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
