from odoo import fields, models


class KpbPurchase(models.Model):
    """What the dealer system last said about a unit, as marks that nobody can read back.

    The export comes every morning with everything in it. Only what changed there since the last
    one is taken over, so that it does not undo what a customer corrected by phone yesterday.
    """

    _inherit = "kpb.purchase"

    dms_marks = fields.Char(
        "Dealer System Marks", readonly=True, copy=False, groups="base.group_system"
    )
