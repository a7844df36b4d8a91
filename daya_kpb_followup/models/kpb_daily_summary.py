from odoo import api, fields, models
from odoo.fields import Domain

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
        template = self.env.ref("daya_kpb_followup.mail_template_daily_summary")
        sent = self.env["res.users"]
        for user, counts in due.items():
            if user.email and (counts["today"] or counts["overdue"]):
                template.with_context(
                    kpb_today=counts["today"], kpb_overdue=counts["overdue"]
                ).send_mail(user.id)
                sent |= user
            user.kpb_summary_date = counts["day"]
        return sent
