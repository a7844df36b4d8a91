from odoo import models

#: The context under which the engine writes: no followers, no mails, no log lines per record.
QUIET = {
    "kpb_no_subscribe": True,
    "mail_activity_quick_update": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "tracking_disable": True,
}


class KpbQuiet(models.AbstractModel):
    """A record on which the engine works without making anybody its follower."""

    _name = "kpb.quiet"
    _inherit = ["mail.thread"]
    _description = "Work Without Mails"

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Follow the record; the engine subscribes nobody, or every call would mail its caller."""
        if self.env.context.get("kpb_no_subscribe"):
            return True
        return super().message_subscribe(partner_ids=partner_ids, subtype_ids=subtype_ids)
