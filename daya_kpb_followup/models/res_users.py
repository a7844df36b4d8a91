from odoo import api, fields, models
from odoo.exceptions import UserError

#: The branches that a person sees, as a value and as the default of one.
BRANCHES = frozenset({"kpb_branch_ids", "default_kpb_branch_ids"})


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

    @api.model_create_multi
    def create(self, vals_list):
        """Create people; which branches they see is refused to people.

        :raises UserError: the branches are given by hand
        """
        for given in (*vals_list, self.env.context):
            self._kpb_refuse_branches(given)
        return super().create(vals_list)

    def write(self, vals):
        """Change people; the calls of whoever leaves, or comes back, are looked after soon.

        :raises UserError: the branches are given by hand
        """
        self._kpb_refuse_branches(vals)
        done = super().write(vals)
        if "active" in vals:
            # sudo: who manages people need not belong to a branch
            self.env["kpb.branch.member"].sudo()._wake_reconciler()
        return done

    @api.model
    def _kpb_refuse_branches(self, given):
        """Refuse values, or a context with defaults, that name the branches a person sees."""
        if BRANCHES & given.keys() and not self.env.su:
            raise UserError(
                self.env._(
                    "%s: this follows from who is a member. Add the person to the members of the"
                    " branch instead.",
                    self._fields["kpb_branch_ids"]._description_string(self.env),
                )
            )
