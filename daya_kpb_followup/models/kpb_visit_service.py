from odoo import api, fields, models


class KpbVisit(models.Model):
    """The coupon number as people choose it on a screen."""

    _inherit = "kpb.visit"

    service = fields.Selection(
        [
            ("0", "Regular Service"),
            ("1", "KPB 1"),
            ("2", "KPB 2"),
            ("3", "KPB 3"),
            ("4", "KPB 4"),
        ],
        compute="_compute_service",
        readonly=False,
        help="The coupon that was used, or a regular service.",
    )

    @api.depends("kpb_number")
    def _compute_service(self):
        for visit in self:
            visit.service = str(visit.kpb_number)

    @api.onchange("service")
    def _onchange_service(self):
        self.kpb_number = int(self.service or 0)
