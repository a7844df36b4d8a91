from odoo import api, models
from odoo.exceptions import UserError

#: What follows from visits, calls and the calendar.
FOLLOWS = frozenset(
    {
        "calls_from",
        "lead_id",
        "lifecycle_date",
        "lost_by_hand",
        "lost_date",
        "lost_reason_id",
        "next_followup_date",
        "next_milestone_id",
        "next_occurrence",
        "next_step_date",
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

    @api.model_create_multi
    def create(self, vals_list):
        """Register units; a new one is active, and stands nowhere else by hand.

        :raises UserError: a field that follows from the facts
        """
        for vals in vals_list:
            told = {name for name in FOLLOWS & vals.keys() if vals[name]}
            self._refuse_by_hand(told - {"status"} if vals.get("status") == "active" else told)
        return super().create(vals_list)

    def write(self, vals):
        """Write; where the unit stands is refused to people.

        :raises UserError: a field that follows from the facts
        """
        self._refuse_by_hand(FOLLOWS & vals.keys())
        return super().write(vals)

    @api.model
    def _refuse_by_hand(self, names):
        refused = sorted(names)
        if refused and not self.env.su:
            names = (self._fields[name]._description_string(self.env) or name for name in refused)
            raise UserError(
                self.env._(
                    "%s: the stage follows from the facts. Record a visit, log the result of a"
                    " call, or set LOST with a reason.",
                    ", ".join(names),
                )
            )
