from datetime import datetime, time, timedelta

from odoo import fields, models

#: The hourly generation of a day is over two hours after its midnight, a day after the last one's.
LATEST = timedelta(hours=26)


class KpbBranch(models.Model):
    """The branch's heartbeat: how long ago its last complete day began."""

    _inherit = "kpb.branch"

    def _is_late(self):
        """Return whether the last complete day of the branch is older than 26 hours.

        A branch that has had none yet is measured from its creation. A day that has not come
        yet is no sign of life either: the clock was wrong when it was noted.
        """
        self.ensure_one()
        now = self._local(fields.Datetime.now())
        if not self.generated_as_of:
            return now - self._local(self.create_date) > LATEST
        begun = datetime.combine(self.generated_as_of, time.min)
        return now - begun > LATEST or begun - now > LATEST
