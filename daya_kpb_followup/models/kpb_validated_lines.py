from odoo import api, fields, models
from odoo.tools import format_date

from ..rules.freshness import is_fresh
from ..rules.identity import IdentityRefused, mask_nik, parse_phone
from .kpb_validated import FIELDS_OF_ITEM


class KpbValidated(models.AbstractModel):
    """The five data items as the screens show them: what is on file, since when it is certain."""

    _inherit = "kpb.validated"

    customer_items = fields.Json("Customer Data", compute="_compute_customer_items")

    customer_freshness = fields.Integer("Data Validated (%)", compute="_compute_customer_items")

    @api.depends("partner_id", "validation_ids")
    @api.depends_context("lang", "uid")
    def _compute_customer_items(self):
        for unit in self:
            saved = unit.partner_id and unit.branch_id and unit._origin
            unit.customer_items = unit._item_lines() if saved else []
            unit.customer_freshness = unit.partner_id.kpb_freshness

    def _item_lines(self):
        """Return the five items of the unit's customer, in the order of the form.

        Each: ``item label value entry missing confirmed_days confirmed_by changed fresh``.
        ``entry`` is what a correction starts from; a NIK only for whoever may read it.
        """
        self.ensure_one()
        missing = self._missing_items()
        latest = self.partner_id._kpb_latest_validations()
        today = self.branch_id._today()
        names = {**self._item_names(), "birth": self.env._("Birth"), "nik": self.env._("KTP")}
        lines = []
        for item in FIELDS_OF_ITEM:
            row = latest.get(item)
            day = row and self.branch_id._local(row.date).date()
            lines.append(
                {
                    "item": item,
                    "label": names[item],
                    "value": self._shown_value(item),
                    "entry": self._entry(item),
                    "missing": item in missing,
                    "confirmed_days": (today - day).days if day else False,
                    "confirmed_by": row.user_id.name if row else False,
                    "changed": bool(row and row.changed),
                    "fresh": item not in missing and is_fresh(day, today),
                }
            )
        return lines

    def _may_read_nik(self):
        return self.env.user.has_group("daya_kpb_followup.kpb_group_privacy")

    def _entry(self, item):
        # sudo: the caller corrects these data; the NIK is left out where he may not read it
        partner = self.partner_id.sudo()
        if item == "birth":
            day = partner.birth_date
            return {"place": partner.birth_place or "", "date": day.isoformat() if day else ""}
        if item == "nik" and not self._may_read_nik():
            return ""
        return partner[FIELDS_OF_ITEM[item][0]] or ""

    def _shown_value(self, item):
        partner = self.partner_id.sudo()  # sudo: a NIK is shown by its last digits
        match item:
            case "nik" if partner.nik and not self._may_read_nik():
                return f"•••• {mask_nik(partner.nik)[-4:]}"
            case "birth":
                day = partner.birth_date and format_date(self.env, partner.birth_date)
                return ", ".join(filter(None, (partner.birth_place, day)))
            case "phone":
                try:
                    return parse_phone(partner.phone).display()
                except IdentityRefused:
                    return partner.phone or ""
        return partner[FIELDS_OF_ITEM[item][0]] or ""
