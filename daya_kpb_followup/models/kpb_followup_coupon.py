from odoo import api, fields, models


class KpbFollowup(models.Model):
    """Both ends of the coupon that a call is about: the nominal one, and the one with grace."""

    _inherit = "kpb.followup"

    coupon_nominal_end = fields.Date(
        "Coupon Ends Before Grace",
        compute="_compute_coupon_nominal_end",
        compute_sudo=True,
        help="The last day before the grace begins.",
    )

    @api.depends("purchase_id", "milestone_id")
    def _compute_coupon_nominal_end(self):
        windows = self.purchase_id._coupon_windows()
        for followup in self:
            unit = followup.purchase_id
            window = windows.get(unit, {}).get(followup.milestone_id.kpb_number)
            followup.coupon_nominal_end = (
                window.nominal_end(unit.purchase_date) if window else False
            )
