from odoo import models


class KpbFollowup(models.Model):
    """A call whose activity a person gave to a colleague."""

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

    def _log_given_back(self, person):
        words = self.env._(
            "The activity was with %(person)s, who cannot have this call; it is with %(owner)s"
            " again.",
            person=person.name or self.env._("nobody"),
            owner=self.user_id.name,
        )
        self._message_log_batch({self.id: words})
