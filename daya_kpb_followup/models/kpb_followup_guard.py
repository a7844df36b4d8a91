from odoo import models
from odoo.exceptions import UserError


class KpbFollowup(models.Model):
    """People move a follow-up by logging what was said, never by writing where it stands.

    The board, the list and the API all end here, so none of them gets round the table of
    outcomes.
    """

    _inherit = "kpb.followup"

    def write(self, vals):
        """Write; what the engine keeps is refused to people.

        :raises UserError: a field that follows from what was logged
        """
        kept = [
            name
            for name in vals
            if name in self._fields and self._fields[name].readonly and self._fields[name].store
        ]
        if kept and not self.env.su:
            self.check_access("write")
            raise UserError(
                self.env._(
                    "%s: this follows from what the customer said. Log a result instead.",
                    ", ".join(
                        self._fields[name]._description_string(self.env) or name for name in kept
                    ),
                )
            )
        return super().write(vals)
