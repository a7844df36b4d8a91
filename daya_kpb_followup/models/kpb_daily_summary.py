import logging

from odoo import api, fields, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

#: The local hour from which the day's summary may be sent.
SUMMARY_HOUR = 6


class KpbDailySummary(models.AbstractModel):
    """Tells each person once a day what there is to call and to answer: one mail for all of it.

    Managers also read how much scheduled work could not do.
    """

    _name = "kpb.daily.summary"
    _description = "Daily Summary of Follow-ups"

    @api.model
    def _cron_send(self):
        """Scheduled action: send the summaries of every person whose working day has begun."""
        if self.env["kpb.job"]._may_run():
            self._send()

    @api.model
    def _send(self):
        """Send today's summary to all who have something to call, to answer, or to look after.

        :return: the users who got one
        """
        due = {}
        for user, branch, deadlines in self._open_calls():
            today = branch._today()
            if self._is_time(user, branch):
                counts = due.setdefault(user, self._nothing(today))
                counts["today"] += sum(deadline == today for deadline in deadlines)
                counts["overdue"] += sum(deadline < today for deadline in deadlines)
        for user, branch, last_days in self._open_escalations():
            if self._is_time(user, branch):
                counts = due.setdefault(user, self._nothing(branch._today()))
                counts["asked"] += len(last_days)
                counts["asked_late"] += sum(day < branch._today() for day in last_days)
        for user, branch, count in self._attention():
            if self._is_time(user, branch):
                due.setdefault(user, self._nothing(branch._today()))["attention"] = count
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
    def _nothing(self, day):
        return {"today": 0, "overdue": 0, "asked": 0, "asked_late": 0, "attention": 0, "day": day}

    @api.model
    def _is_time(self, user, branch):
        """Return whether a person's day has begun and he has had no summary yet."""
        hour = branch._local(fields.Datetime.now()).hour
        return hour >= SUMMARY_HOUR and user.kpb_summary_date != branch._today()

    @api.model
    def _open_calls(self):
        """Return (owner, branch, deadlines) of the open calls."""
        followup = self.env["kpb.followup"]
        return followup._read_group(
            followup._open_domain() & Domain("user_id", "!=", False),
            ["user_id", "branch_id"],
            ["deadline:array_agg"],
        )

    @api.model
    def _open_escalations(self):
        """Return (addressee, branch of the unit, last days for the answers) of what is open."""
        escalation = self.env["kpb.escalation"]
        return escalation._read_group(
            escalation._open_domain() & Domain("user_id", "!=", False),
            ["user_id", "branch_id"],
            ["due_on:array_agg"],
        )

    @api.model
    def _attention(self):
        """Return (manager, a branch of his, how much was set aside there), without zeros.

        Of a standstill PIC CRM is told at once, see ``kpb.heartbeat``.
        """
        attention, parked = self.env["kpb.attention"], Domain("kind", "!=", "kpb.branch")
        if not attention.search_count(parked, limit=1):
            return []
        managers = self.env.ref("daya_kpb_followup.kpb_group_manager").all_user_ids
        lines = self.env["kpb.branch.member"].search([("user_id", "in", managers.ids)])
        found = [
            (user, of.branch_id[:1], attention.with_user(user).search_count(parked))
            for user, of in lines.grouped("user_id").items()
            if user.active
        ]
        return [line for line in found if line[2]]

    @api.model
    def _send_to(self, user, counts):
        """Queue the summary of one person, where there is something due and an address.

        :return: the user, if there is a mail
        """
        user.kpb_summary_date = counts["day"]
        told = {f"kpb_{name}": count for name, count in counts.items() if name != "day"}
        if not user.email or not any(told.values()):
            return user.browse()
        template = self.env.ref("daya_kpb_followup.mail_template_daily_summary")
        template.with_context(**told).send_mail(user.id)
        return user
