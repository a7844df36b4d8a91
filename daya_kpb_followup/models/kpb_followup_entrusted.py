from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..rules.outcomes import State


class KpbFollowup(models.Model):
    """A call whose activity a person gave to a colleague, or moved to another day."""

    _inherit = "kpb.followup"

    def _may_be_given_to(self):
        return self.env["kpb.reconciler"]._workers(self.branch_id)

    def _give_by_hand(self, person):
        engine, before = self.env["kpb.assignment"], {self: self.user_id}
        self.write({"user_id": person.id, "no_owner_reason": False})
        engine._level(self)
        self._project_activities()
        self.filtered("event_id")._project_event()
        engine._log_hand_over(self, before, self.env._("The activity was given to the person."))

    def _refuse_other_day(self, day):
        if any(call.state == State.APPOINTMENT for call in self):
            raise UserError(
                self.env._(
                    "Due Date: the customer has an appointment. Open the call and record the new"
                    " day that was agreed."
                )
            )
        if not self.env.user.has_group("daya_kpb_followup.kpb_group_manager"):
            raise UserError(
                self.env._(
                    "Due Date: open the call and record when to call back. Only managers move a"
                    " call that nobody has tried."
                )
            )
        words = self.env._("Due Date"), format_date(self.env, day)
        for call, last in self._useful_until().items():
            call._refuse_past_and_far(day < call.branch_id._today(), False, *words)
            if day > last:
                raise UserError(
                    self.env._(
                        "Due Date: %(call)s makes sense until %(last)s. Choose a day up to then.",
                        call=call.display_name,
                        last=format_date(self.env, last),
                    )
                )

    def _move_by_hand(self, day):
        for branch, calls in self.grouped("branch_id").items():
            calls.write({"deadline": branch._working_day(day), "levelled_from": False})
        self._project_activities()
        self._message_log_batch(
            {
                call.id: self.env._(
                    "Moved to %(day)s with its activity.", day=fields.Date.to_string(call.deadline)
                )
                for call in self
            }
        )

    def _log_given_back(self, person):
        words = self.env._(
            "The activity was with %(person)s, who cannot have this call; it is with %(owner)s"
            " again.",
            person=person.name or self.env._("nobody"),
            owner=self.user_id.name,
        )
        self._message_log_batch({self.id: words})
