import logging

from odoo import api, fields, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

#: The local hour from which the day's summary may be sent.
SUMMARY_HOUR = 6


class KpbDailySummary(models.AbstractModel):
    """Tells each person once a day what there is to call: one mail, not one per activity."""

    _name = "kpb.daily.summary"
    _description = "Daily Summary of Follow-ups"

    @api.model
    def _cron_send(self):
        """Scheduled action: send the summaries of every person whose working day has begun."""
        self.env["kpb.job"]._require_system()
        self._send()

    @api.model
    def _send(self):
        """Send today's summary to every owner of due follow-ups who has not had it yet.

        :return: the users who got one
        """
        followup = self.env["kpb.followup"]
        groups = followup._read_group(
            followup._open_domain() & Domain("user_id", "!=", False),
            ["user_id", "branch_id"],
            ["deadline:array_agg"],
        )
        due = {}
        for user, branch, deadlines in groups:
            today = branch._today()
            if (
                branch._local(fields.Datetime.now()).hour < SUMMARY_HOUR
                or user.kpb_summary_date == today
            ):
                continue
            counts = due.setdefault(user, {"today": 0, "overdue": 0, "day": today})
            counts["today"] += sum(deadline == today for deadline in deadlines)
            counts["overdue"] += sum(deadline < today for deadline in deadlines)
        sent, failure = self.env["res.users"], None
        for user, counts in due.items():
            try:
                with self.env.cr.savepoint():
                    sent |= self._send_to(user, counts)
            except Exception as error:  # noqa: BLE001 - one person's trouble stops nobody else
                _logger.warning("Summary of user %s: %s", user.id, type(error).__name__)
                failure = error
            self.env["ir.cron"]._commit_progress(1)
        if failure:
            raise failure
        return sent

    @api.model
    def _send_to(self, user, counts):
        """Queue the summary of one person, where there is something due and an address.

        :return: the user, if there is a mail
        """
        user.kpb_summary_date = counts["day"]
        if not user.email or not (counts["today"] or counts["overdue"]):
            return user.browse()
        template = self.env.ref("daya_kpb_followup.mail_template_daily_summary")
        template.with_context(kpb_today=counts["today"], kpb_overdue=counts["overdue"]).send_mail(
            user.id
        )
        return user
