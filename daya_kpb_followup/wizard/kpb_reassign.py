from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..rules import assignment
from ..rules.outcomes import OPEN_STATES, State


class KpbReassign(models.TransientModel):
    """A manager gives calls to somebody else, spreads them, or moves them to another day."""

    _name = "kpb.reassign"
    _description = "Reassign or Reschedule Calls"

    followup_ids = fields.Many2many(
        "kpb.followup",
        string="Calls",
        required=True,
        default=lambda self: self._default_followup_ids(),
    )
    call_count = fields.Integer(compute="_compute_call_count")
    to = fields.Selection(
        [
            ("keep", "Leave them where they are"),
            ("person", "To one person"),
            ("spread", "Spread evenly over the role"),
        ],
        "Who Calls",
        required=True,
        default="person",
    )
    candidate_ids = fields.Many2many("res.users", compute="_compute_candidate_ids")
    user_id = fields.Many2one("res.users", "Person", domain="[('id', 'in', candidate_ids)]")
    day = fields.Date("New Day", help="Moved to the next working day of the branch.")
    reason = fields.Char(required=True, help="Kept in the log of every call.")

    @api.model
    def _default_followup_ids(self):
        if self.env.context.get("active_model") != "kpb.followup":
            return []
        return [Command.set(self.env.context.get("active_ids", []))]

    @api.depends("followup_ids")
    def _compute_call_count(self):
        for dialog in self:
            dialog.call_count = len(dialog._open_calls())

    @api.depends("followup_ids")
    def _compute_candidate_ids(self):
        reconciler = self.env["kpb.reconciler"]
        for dialog in self:
            teams = [reconciler._workers(branch) for branch in dialog.followup_ids.branch_id]
            fitting = set.intersection(*(set(team.ids) for team in teams)) if teams else set()
            dialog.candidate_ids = [Command.set(sorted(fitting))]

    def action_apply(self):
        """Give the open calls away and move them, each with the reason in its log.

        :return: a notification that says how many calls went to whom
        :raises UserError: nothing to do, or the person does not work for a call's branch
        """
        self.ensure_one()
        calls = self._open_calls()
        calls.check_access("write")
        self._check(calls)
        calls = calls.sudo()  # sudo: who calls when is the engine's, on a manager's word
        before = {call: call.user_id for call in calls}
        if self.to == "person":
            calls.write({"user_id": self.user_id.id, "no_owner_reason": False})
        elif self.to == "spread":
            self._spread(calls)
        moved = self._move_days(calls)
        given = calls.filtered(lambda call: call.user_id != before[call])
        engine = self.env["kpb.assignment"].sudo()  # sudo: activities are colleagues'
        levelled = engine._level(given | moved)
        engine._move_along(given, before, self.reason)
        self._log_days(moved | levelled)
        ((moved | levelled) - given)._project_activities()
        return self._told(given, moved, levelled)

    def _open_calls(self):
        return self.followup_ids.filtered(lambda call: call.state in OPEN_STATES)

    def _check(self, calls):
        if not calls:
            raise UserError(self.env._("None of these calls is open any more."))
        if self.to == "keep" and not self.day:
            raise UserError(self.env._("Choose a person, or a new day."))
        if self.to == "person" and not self.user_id:
            raise UserError(self.env._("Person: choose who is to make the calls."))
        if self.day and any(self.day < branch._today() for branch in calls.branch_id):
            raise UserError(self.env._("New Day: this day has passed."))
        if self.to == "person":
            for branch in calls.branch_id:
                if self.user_id not in self.env["kpb.reconciler"]._workers(branch):
                    raise UserError(
                        self.env._(
                            "%(person)s does not work for %(branch)s today. Choose a member.",
                            person=self.user_id.name,
                            branch=branch.name,
                        )
                    )

    def _spread(self, calls):
        """Give each call to the least loaded of its role; what is spread counts for nobody yet."""
        engine = self.env["kpb.assignment"].sudo()  # sudo: the load of all counts
        members, load = engine._members(), engine._open_load()
        for call in calls:
            load[call.user_id.id] -= 1
        for call in calls:
            found = assignment.assign(
                call.role_id.code,
                call.branch_id._lineage().ids,
                lambda code, branch_id: members[branch_id, code],
                load,
            )
            if found:
                load[found.user] += 1
                call.write({"user_id": found.user, "no_owner_reason": False})

    def _move_days(self, calls):
        """Move the calls to the new day; an appointment keeps the day of its confirmation."""
        if not self.day:
            return calls.browse()
        movable = calls.filtered(lambda call: call.state == State.TODO)
        for branch, group in movable.grouped("branch_id").items():
            group.write({"deadline": branch._working_day(self.day), "levelled_from": False})
        return movable

    def _log_days(self, calls):
        words = {
            call.id: self.env._(
                "Moved to %(day)s. %(reason)s",
                day=fields.Date.to_string(call.deadline),
                reason=self.reason,
            )
            for call in calls
        }
        calls._message_log_batch(words)

    def _told(self, given, moved, levelled):
        words = self.env._(
            "%(given)s calls handed over, %(moved)s moved to another day.",
            given=len(given),
            moved=len(moved),
        )
        if levelled:
            words += " " + self.env._(
                "%s of them went to a later day, for their own was full.", len(levelled)
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": words,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
