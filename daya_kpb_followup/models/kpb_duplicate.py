from odoo import api, fields, models
from odoo.tools import SQL

from ..rules.identity import parse_phone


class KpbDuplicate(models.Model):
    """Customers who share a NIK or a phone, found at the moment of looking; nothing is stored.

    Everybody sees customers of his own branches only, and of a NIK the last four digits.
    """

    _name = "kpb.duplicate"
    _description = "Possible Duplicate"
    _auto = False
    _rec_name = "number"
    _order = "kind, customer_count desc, id"
    _depends = {
        "res.partner": ["active", "nik", "phone_sanitized"],
        "kpb.purchase": ["partner_id", "branch_id"],
    }

    kind = fields.Selection(
        [("nik", "KTP Number"), ("phone", "Phone")], "They Share", readonly=True
    )
    number = fields.Char(readonly=True)
    customer_count = fields.Integer("Number of Customers", readonly=True)
    customer_keys = fields.Char(readonly=True)
    partner_ids = fields.Many2many("res.partner", string="Customers", compute="_compute_partners")

    @property
    def _table_query(self):
        units = self.env["kpb.purchase"]._search([])
        return SQL(
            """
            SELECT min(partner.id) * 2 + (shared.kind = 'phone')::int AS id,
                   shared.kind,
                   CASE shared.kind WHEN 'nik' THEN '•••• ' || right(shared.number, 4)
                        ELSE shared.number END AS number,
                   count(*) AS customer_count,
                   string_agg(partner.id::text, ',' ORDER BY partner.id) AS customer_keys
              FROM res_partner AS partner
             CROSS JOIN LATERAL (
                   VALUES ('nik', partner.nik), ('phone', partner.phone_sanitized)
                   ) AS shared (kind, number)
             WHERE partner.active AND shared.number > '' AND partner.id IN %s
             GROUP BY shared.kind, shared.number
            HAVING count(*) > 1
            """,
            units.subselect(SQL.identifier(units.table, "partner_id")),
        )

    @api.depends("kind", "number")
    def _compute_display_name(self):
        for group in self:
            group.display_name = (
                parse_phone(group.number).display() if group.kind == "phone" else group.number
            )

    @api.depends("customer_keys")
    def _compute_partners(self):
        for group in self:
            group.partner_ids = [int(key) for key in (group.customer_keys or "").split(",") if key]

    def action_merge(self):
        """Open Odoo's own merge of contacts for these customers; a person looks and decides."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("base.action_partner_merge")
        return {
            **action,
            "context": {"active_model": "res.partner", "active_ids": self.partner_ids.ids},
        }
