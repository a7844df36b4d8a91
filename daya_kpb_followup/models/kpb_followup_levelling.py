from odoo import fields, models


class KpbFollowup(models.Model):
    """A call that was moved because its person's day was full says so."""

    _inherit = "kpb.followup"

    levelled_from = fields.Date(
        "Moved From",
        readonly=True,
        copy=False,
        help="The day was full for its caller, so the call moved to a later day on which it is"
        " still useful.",
    )
