from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    kpb_member_ids = fields.One2many("kpb.branch.member", "user_id", "KPB Roles")
    # the other side of access_user_ids: every record rule asks for it, so it is read once
    kpb_branch_ids = fields.Many2many(
        "kpb.branch",
        "kpb_branch_access_rel",
        "user_id",
        "branch_id",
        string="May See These Branches",
        readonly=True,
        copy=False,
        context={"active_test": False},
        groups="base.group_system",
    )
    kpb_summary_date = fields.Date("Last KPB Summary", copy=False, readonly=True)

    def write(self, vals):
        """Change people; the calls of whoever leaves, or comes back, are looked after soon."""
        done = super().write(vals)
        if "active" in vals:
            # sudo: who manages people need not belong to a branch
            self.env["kpb.branch.member"].sudo()._wake_reconciler()
        return done
