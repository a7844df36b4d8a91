from odoo import models
from odoo.exceptions import UserError


class KpbEscalation(models.Model):
    """An escalation whose activity a person gave to a colleague who fills the same station."""

    _inherit = "kpb.escalation"

    def _may_be_given_to(self):
        return self.env["res.users"].browse(self._present_fillers())

    def _give_by_hand(self, person):
        before = self.user_id
        self.user_id = person
        self._log_hand_over(before)

    def _refuse_other_day(self, day):
        raise UserError(
            self.env._(
                "Due Date: an escalation is answered within the days of its rule. Reply to it, or"
                " pass it on."
            )
        )

    def _log_given_back(self, person):
        words = self.env._(
            "The activity was with %(person)s, who does not fill the station; %(owner)s is asked.",
            person=person.name or self.env._("nobody"),
            owner=self.user_id.name,
        )
        self._message_log_batch({self.id: words})
