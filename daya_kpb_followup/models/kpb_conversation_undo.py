from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..rules.outcomes import State, can_be_undone
from ..rules.schedule import Kind
from .kpb_next_call import CALLED_STATUSES

#: For so long a person may take back what he has just logged.
UNDO_WITHIN = timedelta(minutes=15)
RESTORED = ("state", "deadline", "appointment_at", "appointment_confirmed", "weekend_reason")


class KpbConversation(models.AbstractModel):
    """Taking back a slip of the hand: a further attempt undoes the last one (ADR 0005).

    The person who logged a result may undo it for some minutes, while nothing has happened since
    and as long as the result has not reached beyond the call.
    """

    _inherit = "kpb.conversation"

    can_undo = fields.Boolean(compute="_compute_can_undo")

    def _compute_can_undo(self):
        for followup in self:
            followup.can_undo = not followup._why_no_undo()

    def action_undo_last_attempt(self):
        """Put the follow-up back to where it stood before the result that was logged last.

        :return: the ``kpb.attempt`` that undoes it
        :raises UserError: it is somebody else's, too old, or has had consequences that stay
        :raises AccessError: the follow-up is not the user's to write
        """
        self.ensure_one()
        self.check_access("write")
        self._lock_for_outcome()
        reason = self._why_no_undo()
        if reason:
            raise UserError(reason)
        last = self._last_attempt()
        # sudo: attempts are written by this model only, whoever calls
        undoing = last.create(
            {
                "followup_id": self.id,
                "user_id": self.env.uid,
                "channel": last.channel,
                "undoes_id": last.id,
            }
        )
        self.sudo()._go_back(last)  # sudo: engine fields are readonly
        return undoing.sudo(False)

    def _last_attempt(self):
        """Return the result that counts last, in superuser mode; a message is no result."""
        # sudo: what was logged last counts, whoever may read it
        return (
            self.sudo()
            .attempt_ids.filtered(
                lambda attempt: (
                    (attempt.outcome or attempt.way_back)
                    and not attempt.undone
                    and not attempt.undoes_id
                )
            )
            .sorted("id")[-1:]
        )

    def _why_no_undo(self):
        """Return the sentence that says why the last result stays, None when it can be undone."""
        last = self._last_attempt()
        if not last:
            return self.env._("There is no result to undo.")
        if last.user_id != self.env.user:
            return self.env._(
                "“%(last)s” was logged by %(person)s. Nobody else can undo it.",
                last=last.display_name,
                person=last.user_id.name,
            )
        if last.date < fields.Datetime.now() - UNDO_WITHIN:
            return self.env._(
                "“%(last)s” is older than %(minutes)s minutes and stays. Log a new result.",
                last=last.display_name,
                minutes=UNDO_WITHIN.seconds // 60,
            )
        if not last.way_back:
            return self.env._(
                "“%s” has reached beyond this call: a visit, the unit's papers, other calls or an"
                " opportunity. It stays; correct it there.",
                last.display_name,
            )
        if not self._stands_as_left_by(last):
            return self.env._(
                "Something has happened since “%s”. Look at the call again.", last.display_name
            )
        return None

    def _stands_as_left_by(self, attempt):
        """Return whether nothing has happened since an attempt, here or around the call."""
        call = self.sudo()  # sudo: whatever happened counts, whoever may read it
        return (
            [call.state, call.result or None] == attempt.way_back["led_to"]
            and call.purchase_id.status in CALLED_STATUSES
            and not call.partner_id._kpb_refuses(Kind(call.milestone_id.kind))
            and len(call.escalation_ids) == attempt.way_back["escalations"]
        )

    def _way_back(self, transition):
        """Return what an attempt has to remember so that it can be undone, None if it cannot."""
        if not can_be_undone(transition):
            return None
        result = transition.result
        return {
            "led_to": [transition.state.value, result.value if result else None],
            "escalations": len(self.escalation_ids),
            "state": self.state,
            "deadline": fields.Date.to_string(self.deadline),
            "appointment_at": fields.Datetime.to_string(self.appointment_at),
            "appointment_confirmed": self.appointment_confirmed,
            "weekend_reason": self.weekend_reason,
        }

    def _go_back(self, attempt):
        """Restore what the follow-up was before an attempt, and take back what it set off."""
        before = attempt.way_back
        appointment = fields.Datetime.to_datetime(before["appointment_at"])
        if before["state"] == State.APPOINTMENT:
            self.branch_id._check_capacity(appointment, self)
        self.write(
            {
                "result": False,
                "result_note": False,
                "closed_at": False,
                **{name: before[name] for name in RESTORED},
            }
        )
        self.purchase_id._withdraw_tasks(attempt)
        self._project()
