from odoo import api, fields, models
from odoo.fields import Domain

from ..rules.escalation import Answer
from .kpb_escalation_rule import NO_SHOWS


class KpbFollowup(models.Model):
    """A call that climbs: its chain as a conversation, and who reads what of it (S5).

    Whoever is asked reads the one call while the question is open. That grant covers the call
    itself: its chatter, followers, activities and files stay in the branch.
    """

    _inherit = "kpb.followup"

    stopped_rule_ids = fields.Many2many(
        "kpb.escalation.rule",
        "kpb_followup_stopped_rel",
        "followup_id",
        "rule_id",
        "Does Not Climb By",
        readonly=True,
        copy=False,
        context={"active_test": False},
        help="Rules none of whose stations has anybody to ask.",
    )
    escalation_stop = fields.Char(
        "Why It Does Not Climb", compute="_compute_escalation_stop", compute_sudo=True
    )
    open_escalation_count = fields.Integer(
        "Open Escalations", compute="_compute_escalations", compute_sudo=True
    )
    escalation_conversation = fields.Html(
        compute="_compute_escalations", compute_sudo=True, sanitize=False
    )

    _missed = models.Index(
        f"(deadline, id) WHERE no_show_count >= {NO_SHOWS} AND state IN ('todo', 'appointment')"
    )

    @api.depends("stopped_rule_ids")
    @api.depends_context("lang")
    def _compute_escalation_stop(self):
        engine = self.env["kpb.escalation"]
        for call in self:
            call.escalation_stop = "; ".join(
                f"{rule.name}: {engine._why_not(engine._decide(rule, call))}"
                for rule in call.stopped_rule_ids
            )

    @api.depends("attempt_ids", "escalation_ids.state")
    @api.depends_context("lang")
    def _compute_escalations(self):
        for call in self:
            climbed = call.escalation_ids
            call.open_escalation_count = len(
                climbed.filtered(lambda line: line.state == Answer.OPEN)
            )
            call.escalation_conversation = climbed._render_conversation(call) if climbed else False

    def action_view_escalations(self):
        """Open the call's escalations."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "daya_kpb_followup.kpb_escalation_action"
        )
        domain = Domain("followup_id", "=", self.id)
        return {**action, "domain": list(domain), "context": {}, "view_mode": "list,form"}

    # who reads the chatter
    @api.model
    def _only_asked_about(self):
        """Return the calls that the user reads only because he is asked about them."""
        # sudo: what is open for a person does not depend on the branches he belongs to
        lines = self.env["kpb.escalation"].sudo()
        asked = lines.search(lines._open_domain() & Domain("user_id", "=", self.env.uid))
        calls = asked.followup_id
        calls = self.browse(calls.ids)
        return calls - calls._filtered_access("write")

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """What people write about a call is for those who may work on it, not for all readers."""
        operations = super()._mail_get_operation_for_mail_message_operation(message_operation)
        return dict.fromkeys(operations, "write")

    @api.model
    def _get_thread_with_access(self, thread_id, *, mode="read", **kwargs):
        """Return the thread for those who may work on the call; nothing for other readers."""
        return super()._get_thread_with_access(thread_id, mode="write", **kwargs)

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Follow the call: for those who may work on it.

        :raises AccessError: who only reads it gets no later message about it
        """
        if not self.env.su:
            self.check_access("write")
        return super().message_subscribe(partner_ids=partner_ids, subtype_ids=subtype_ids)
