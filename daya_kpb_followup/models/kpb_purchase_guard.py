from odoo import models
from odoo.exceptions import UserError

#: What follows from visits, calls and the calendar.
FOLLOWS = frozenset(
    {
        "lifecycle_date",
        "lost_by_hand",
        "lost_date",
        "lost_reason_id",
        "next_followup_date",
        "next_milestone_id",
        "next_occurrence",
        "pardoned_date",
        "stage_id",
        "status",
    }
)


class KpbPurchase(models.Model):
    """People change facts; where the unit stands follows from them (decisions 6 and 7).

    The board, the list and the API all end here: LOST is set with a reason, nothing else by hand.
    """

    _inherit = "kpb.purchase"

    def write(self, vals):
        """Write; where the unit stands is refused to people.

        :raises UserError: a field that follows from the facts
        """
        refused = sorted(FOLLOWS & vals.keys())
        if refused and not self.env.su:
            names = (self._fields[name]._description_string(self.env) or name for name in refused)
            raise UserError(
                self.env._(
                    "%s: the stage follows from the facts. Record a visit, log the result of a"
                    " call, or set LOST with a reason.",
                    ", ".join(names),
                )
            )
        return super().write(vals)
