from odoo import api, fields, models
from odoo.exceptions import UserError


class KpbTransfer(models.TransientModel):
    """Asks who has the unit now; the calls that are left go to the new owner."""

    _name = "kpb.transfer"
    _description = "Unit Changes Hands"

    purchase_id = fields.Many2one(
        "kpb.purchase", "Unit", default=lambda self: self.env.context.get("active_id")
    )
    owner_id = fields.Many2one("res.partner", "Customer on File")
    name = fields.Char("New Owner")
    phone = fields.Char()
    note = fields.Char("Remarks")

    @api.onchange("owner_id")
    def _onchange_owner_id(self):
        if self.owner_id:
            self.name = self.owner_id.name
            self.phone = self.owner_id.phone

    def action_confirm(self):
        """Hand the unit to its new owner, a customer on file or a new one.

        :raises UserError: without a name
        """
        self.ensure_one()
        self.purchase_id.check_access("write")
        owner = self.owner_id or self._new_owner()
        self.purchase_id.action_transfer(owner.id, self.note)
        return {"type": "ir.actions.act_window_close"}

    def _new_owner(self):
        name = " ".join((self.name or "").split())
        if not name:
            raise UserError(self.env._("New owner: enter his name, or choose a customer on file."))
        contacts = self.env["res.partner"].with_context(kpb_customer=True)
        return contacts.create({"name": name, "phone": self.phone or False})
