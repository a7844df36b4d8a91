from odoo import api, fields, models


class KpbBranchMember(models.Model):
    """Who fills a role in a branch. One person may fill several roles, in several branches."""

    _name = "kpb.branch.member"
    _description = "Branch Member"
    _order = "branch_id, role_id, id"

    branch_id = fields.Many2one("kpb.branch", required=True, index=True, ondelete="cascade")
    role_id = fields.Many2one("kpb.role", required=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", required=True, index=True, ondelete="cascade")
    active = fields.Boolean(default=True)
    leave_from = fields.Date("On Leave From")
    leave_to = fields.Date("On Leave Until", help="Calls go to somebody else meanwhile.")

    _member_unique = models.UniqueIndex(
        "(branch_id, role_id, user_id)", "This person fills this role in this branch already."
    )

    _leave_in_order = models.Constraint(
        "CHECK(leave_from IS NOT NULL OR leave_to IS NULL)",
        "On Leave: give the first day as well.",
    )
    _leave_has_length = models.Constraint(
        "CHECK(leave_to >= leave_from)", "On Leave: the last day lies before the first."
    )

    @api.depends("branch_id", "role_id", "user_id")
    def _compute_display_name(self):
        for member in self:
            member.display_name = f"{member.user_id.name} · {member.role_id.name}"

    def _is_available(self):
        """Return whether the person can be given work today: active, and not on leave."""
        self.ensure_one()
        today = self.branch_id._today()
        away = (
            self.leave_from
            and self.leave_from <= today
            and (not self.leave_to or today <= self.leave_to)
        )
        return self.active and self.user_id.active and not away

    @api.model_create_multi
    def create(self, vals_list):
        """Add people; calls that waited for somebody are handed to them soon."""
        members = super().create(vals_list)
        self._wake_reconciler()
        return members

    def write(self, vals):
        """Change who fills a role; their open calls are looked after soon."""
        done = super().write(vals)
        self._wake_reconciler()
        return done

    def unlink(self):
        """Take people out; their open calls are looked after soon."""
        done = super().unlink()
        self._wake_reconciler()
        return done

    @api.model
    def _wake_reconciler(self):
        cron = self.env.ref("daya_kpb_followup.ir_cron_kpb_reconcile", raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger()  # sudo: managers of people do not manage scheduled actions
