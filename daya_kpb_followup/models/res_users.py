from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    kpb_member_ids = fields.One2many("kpb.branch.member", "user_id", "KPB Roles")
    kpb_summary_date = fields.Date("Last KPB Summary", copy=False, readonly=True)
