from odoo import api, fields, models
from odoo.fields import Domain

from ..rules.assignment import PIC_CRM
from ..rules.escalation import Answer


class KpbEscalation(models.Model):
    """What the managers' board shows of an escalation, and what its addressee needs to act (S5).

    The addressee of a sister branch may not read the unit, its visits or its attempts. Whatever
    he needs of them stands here, read for him, and nothing else does.
    """

    _inherit = "kpb.escalation"

    partner_id = fields.Many2one(related="followup_id.partner_id")
    unit = fields.Char(related="followup_id.unit")
    product_id = fields.Many2one(related="followup_id.product_id")
    license_plate = fields.Char(related="followup_id.license_plate")
    phone = fields.Char(related="followup_id.phone")
    step = fields.Char(related="followup_id.step")
    caller_id = fields.Many2one(related="followup_id.user_id", string="Caller")
    role_id = fields.Many2one(related="level_id.role_id", store=True, string="Asked Role")
    side = fields.Selection(related="level_id.side", store=True)
    sister_branch_id = fields.Many2one(
        related="followup_id.visit_id.branch_id", string="Serviced At"
    )
    # how old
    date_last_stage_update = fields.Datetime(
        "Raised At", default=fields.Datetime.now, readonly=True, copy=False
    )
    days_open = fields.Integer(compute="_compute_days_open", help="Days since it was raised.")
    days_overdue = fields.Integer(
        compute="_compute_days_overdue", help="Days since the answer was due."
    )
    is_overdue = fields.Boolean(compute="_compute_days_overdue", search="_search_is_overdue")
    # who may do what
    may_reply = fields.Boolean(
        compute="_compute_may", help="Asked, or standing in: PIC CRM, administrator."
    )
    is_mine = fields.Boolean("Asked of Me", compute="_compute_may")
    may_answer = fields.Boolean(
        compute="_compute_may", help="May reply, or manages the branch of the unit."
    )
    may_open_followup = fields.Boolean(compute="_compute_may")

    @api.depends("raised_on", "state")
    def _compute_days_open(self):
        today = self._today_by_branch()
        for escalation in self:
            still_open = escalation.state == Answer.OPEN and escalation.raised_on
            escalation.days_open = (
                (today[escalation.branch_id] - escalation.raised_on).days if still_open else 0
            )

    @api.depends("due_on", "state")
    def _compute_days_overdue(self):
        today = self._today_by_branch()
        for escalation in self:
            still_open = escalation.state == Answer.OPEN and escalation.due_on
            days = (today[escalation.branch_id] - escalation.due_on).days if still_open else 0
            escalation.days_overdue = max(days, 0)
            escalation.is_overdue = days > 0

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        overdue = Domain("id", "in", self._silent().ids)
        return overdue if (True in value) == (operator == "in") else ~overdue

    @api.depends_context("uid")
    @api.depends("user_id", "state", "branch_id")
    def _compute_may(self):
        readable = self.followup_id._filtered_access("write")
        for escalation in self:
            is_open = escalation.state == Answer.OPEN
            escalation.is_mine = escalation.user_id == self.env.user
            escalation.may_open_followup = escalation.followup_id in readable
            escalation.may_answer = is_open and escalation._is_addressed_to(self.env.user)
            escalation.may_reply = escalation.may_answer and (
                escalation.is_mine or escalation._stands_in(self.env.user)
            )

    def _stands_in(self, user):
        """Return whether a person answers for whoever is asked: PIC CRM, or an administrator."""
        if user.has_group("daya_kpb_followup.kpb_group_admin"):
            return True
        # sudo: members above the branch are not for everybody to read
        lines = self.branch_id.sudo()._lineage().member_ids
        return user in lines.filtered(lambda line: line.role_id.code == PIC_CRM).user_id

    def _today_by_branch(self):
        # sudo: the sister branch's manager reads the clock of the unit's branch
        return {branch: branch.sudo()._today() for branch in self.branch_id}

    # rotting: an open card whose last day has come; the day after it climbs by itself
    def _get_rotting_depends_fields(self):
        return [*super()._get_rotting_depends_fields(), "due_on", "state"]

    def _get_rotting_domain(self):
        # sudo: the clock of a branch, for questions that have rules of their own
        branches = self.env["kpb.branch"].sudo()
        return (
            super()._get_rotting_domain()
            & self._open_domain()
            & branches._reached_domain("due_on", branches._todays())
        )

    @api.model
    @api.readonly
    def web_read_group(self, domain, groupby, *args, **kwargs):
        """Put what the reader is asked before what others are asked: his roles come first."""
        found = super().web_read_group(domain, groupby, *args, **kwargs)
        if "role_id" in groupby[:1]:
            mine = set(self.env.user.sudo().kpb_member_ids.role_id.ids)  # sudo: his own roles
            found["groups"].sort(key=lambda group: (group["role_id"] or [0])[0] not in mine)
        return found

    # actions
    def action_solved(self):
        """Ask for the text with which the escalation is solved."""
        return self._ask_reply(resolved=True)

    def action_pass_on(self):
        """Ask why it cannot be solved here, and pass it on to the next station."""
        return self._ask_reply(resolved=False)

    def action_open_followup(self):
        """Open the call that the escalation is about."""
        self.ensure_one()
        self.check_access("read")
        return self.followup_id._get_records_action()

    def _ask_reply(self, resolved):
        self.ensure_one()
        self.check_access("read")
        self._check_addressee()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Solved") if resolved else self.env._("Pass On"),
            "res_model": "kpb.escalation.reply",
            "view_mode": "form",
            "target": "new",
            "context": {"default_escalation_id": self.id, "default_resolved": resolved},
        }
