import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from ..rules.assignment import PIC_CRM
from .kpb_branch_heartbeat import LATEST
from .kpb_quiet import QUIET

_logger = logging.getLogger(__name__)

#: Scheduled actions without which work stays undone. Odoo switches off what fails for a week.
JOBS = ("generate", "reconcile", "lifecycle", "escalate", "summary", "heartbeat")


class KpbHeartbeat(models.AbstractModel):
    """Tells people when generation has not finished a day, or a job has not begun, for 26 hours.

    It runs apart from generation, so that a job that fails, is killed every time or was switched
    off does not stay unnoticed. Each PIC CRM concerned gets one activity, once per standstill; it
    ends by itself. A job that stands still is an administrator's. When scheduled actions do not
    run at all, ``/kpb/health`` still tells.
    """

    _name = "kpb.heartbeat"
    _description = "Heartbeat of Scheduled Work"

    @api.model
    def _cron_heartbeat(self):
        """Scheduled action: look whether every branch is up to date."""
        self.env["kpb.job"]._require_system()
        self._look()

    @api.model
    def _late(self):
        """Return the open branches whose last complete day is older than 26 hours."""
        return self.env["kpb.branch"].search([]).filtered(lambda branch: branch._is_late())

    @api.model
    def _idle(self):
        """Return the scheduled actions that are switched off, or due for more than 26 hours."""
        ids = [f"daya_kpb_followup.ir_cron_kpb_{job}" for job in JOBS]
        jobs = self.env["ir.cron"].union(*(self.env.ref(xmlid, False) or () for xmlid in ids))
        latest = fields.Datetime.now() - LATEST
        return jobs.filtered(lambda job: not job.active or job.nextcall < latest)

    @api.model
    def _is_well(self):
        """Return whether every branch is up to date and every scheduled action runs."""
        return not self._late() and not self._idle()

    @api.model
    def _look(self):
        """Start the generation again where it is late, and keep the right people informed.

        :return: the branches that are late
        """
        late, idle = self._late(), self._idle()
        if late:
            _logger.warning("Generation is late in %s branches", len(late))
            if not self.env["kpb.clock"]._held_since():
                self.env.ref("daya_kpb_followup.ir_cron_kpb_generate")._trigger()
        told = self.env["res.users"]
        responsible = self._responsible(late)
        admin = self._administrator()
        if idle and admin:
            responsible.setdefault(admin, late.browse())
        for user, branches in responsible.items():
            self._tell(user, branches, idle if user == admin else idle.browse())
            told |= user
        self._alarms().filtered(lambda alarm: alarm.user_id not in told).with_context(
            **QUIET
        ).action_archive()
        return late

    @api.model
    def _responsible(self, branches):
        """Return user → the branches among these that he answers for: PIC CRM, or who stands in."""
        find = self.env["kpb.assignment"]._finder()
        role = self.env["kpb.role"].search([("code", "=", PIC_CRM)])
        nobody = self.env["res.users"]
        found = {}
        for branch in branches:
            user = find(branch, role, nobody)[0] or self._administrator()
            found[user] = found.get(user, branch.browse()) | branch
        return found

    @api.model
    def _administrator(self):
        """Return who is told what no branch has anybody for, or is no branch's business."""
        admins = self.env.ref("daya_kpb_followup.kpb_group_admin").all_user_ids
        return admins.filtered(lambda user: user.active).sorted("id")[:1]

    @api.model
    def _alarms(self):
        kind = self.env.ref("daya_kpb_followup.mail_activity_type_heartbeat")
        return self.env["mail.activity"].search([("activity_type_id", "=", kind.id)])

    @api.model
    def _tell(self, user, branches, idle):
        """Put the standstill on a person's list, unless it is or was there."""
        stopped = [branch.generated_as_of or branch.create_date.date() for branch in branches]
        now = fields.Datetime.now()
        since = min(stopped + [min(job.nextcall, now).date() for job in idle])
        kind = self.env.ref("daya_kpb_followup.mail_activity_type_heartbeat")
        told = self.env["mail.activity"].with_context(active_test=False)
        if told.search_count(
            [
                ("activity_type_id", "=", kind.id),
                ("user_id", "=", user.id),
                "|",
                ("active", "=", True),
                ("create_date", ">", since),
            ],
            limit=1,
        ):
            return
        spoken = self.with_context(**QUIET, lang=user.lang or self.env.lang).env
        spoken["mail.activity"].create(
            {
                "activity_type_id": kind.id,
                "user_id": user.id,
                "date_deadline": fields.Date.context_today(self.with_context(tz=user.tz)),
                "summary": spoken._("KPB: calls are not being created")
                if branches
                else spoken._("KPB: a scheduled action does not run"),
                "note": self._note(branches.with_env(spoken), idle.with_env(spoken)),
                "automated": True,
            }
        )

    @api.model
    def _note(self, branches, idle):
        env = branches.env
        parts = []
        if branches:
            words = env["kpb.clock"]._why_held() or env._(
                "For more than 26 hours no day was completed here. Look at the list Needs"
                " Attention, and ask your Odoo administrator whether the scheduled action “KPB:"
                " generate what is due” is active and what its log says."
            )
            parts.append((words, [(branch.name, branch.generated_as_of) for branch in branches]))
        if idle:
            words = env._(
                "These scheduled actions are switched off, or should have run more than 26 hours"
                " ago. Switch them on under Settings, Technical, Scheduled Actions, and look into"
                " the log for what stopped them; since:"
            )
            parts.append((words, [(job.cron_name, job.nextcall) for job in idle]))
        line, never = Markup("<li>%s: %s</li>"), env._("never complete")
        told = Markup().join(
            Markup("<p>%s</p><ul>%s</ul>")
            % (
                words,
                Markup().join(
                    line % (name, format_date(env, day) if day else never) for name, day in lines
                ),
            )
            for words, lines in parts
        )
        return told + Markup('<p><a href="/odoo/kpb-attention">%s</a></p>') % env._(
            "Needs Attention"
        )
