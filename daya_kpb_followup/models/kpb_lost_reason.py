from odoo import api, fields, models
from odoo.exceptions import UserError


class KpbLostReason(models.Model):
    """Why a customer went to another dealer (S3).

    The shipped reasons stay, because the life cycle sets LOST with them; who does not want to see
    one archives it.
    """

    _name = "kpb.lost.reason"
    _description = "Reason for LOST"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped(self):
        names = self.get_external_id()
        for reason in self:
            if names[reason.id].startswith("daya_kpb_followup."):
                raise UserError(
                    self.env._(
                        "Reason “%s”: it ships with the app, which sets LOST by it. Archive it"
                        " instead.",
                        reason.name,
                    )
                )
