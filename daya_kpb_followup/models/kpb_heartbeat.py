import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from ..rules.assignment import PIC_CRM
from .kpb_branch_heartbeat import LATEST
from .kpb_quiet import QUIET

_logger = logging.getLogger(__name__)

#: Scheduled actions without which work stays undone.
JOBS = ("generate", "reconcile", "lifecycle", "escalate", "summary", "import", "heartbeat")


class KpbHeartbeat(models.AbstractModel):
    """Tells people what stands still: a branch that is not complete, a job that does not run.

    It runs apart from the other jobs, so that one that fails, is killed every time or was switched
    off does not stay unnoticed. For branches that are late each PIC CRM concerned gets one activity
    per standstill, for each job an administrator; it ends by itself. When scheduled actions do not
    run at all, ``/kpb/health`` still tells.
    """

    _name = "kpb.heartbeat"
    _description = "Heartbeat of Scheduled Work"

    @api.model
    def _cron_heartbeat(self):
        """Scheduled action: look whether every branch is up to date and every job runs."""
        self.env["kpb.job"]._require_system()
        self._look()

    @api.model
    def _late(self):
        """Return the open branches whose last complete day is older than 26 hours."""
        return self.env["kpb.branch"].search([]).filtered(lambda branch: branch._is_late())

    @api.model
    def _jobs(self):
        """Return the scheduled actions that must run; who deletes one, misses it."""
        jobs = self.env["ir.cron"]
        ids = [f"daya_kpb_followup.ir_cron_kpb_{job}" for job in JOBS]
        return jobs.union(*(self.env.ref(xmlid, False) or jobs for xmlid in ids))

    @api.model
    def _idle(self):
        """Return job → since when it is off or, for more than 26 hours, only fails or waits.

        :return: dict ``ir.cron`` → naive UTC moment
        """
        latest = fields.Datetime.now() - LATEST
        idle = {}
        for job in self._jobs():
            moments = [job.nextcall, job.first_failure_date or job.nextcall]
            if not job.active:
                idle[job] = job.write_date
            elif min(moments) < latest:
                idle[job] = min(moments)
        return idle

    @api.model
    def _is_well(self):
        """Return whether every branch is up to date and every job is there and runs."""
        return not self._late() and not self._idle() and len(self._jobs()) == len(JOBS)

    @api.model
    def _look(self):
        """Start the generation again where it is late, and keep the right people informed.

        :return: the branches that are late
        """
        late = self._late()
        if late:
            _logger.warning("Generation is late in %s branches", len(late))
            if not self.env["kpb.clock"]._held_since():
                self.env.ref("daya_kpb_followup.ir_cron_kpb_generate")._trigger()
        alarms = self._alarms()
        kept = alarms.browse()
        for user, branches in self._responsible(late).items():
            kept |= self._tell_late(user, branches)
        admin = self._administrator()
        for job, since in self._idle().items() if admin else ():
            kept |= self._tell_idle(admin, job, since)
        (alarms - kept).with_context(**QUIET).action_archive()
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
    def _spoken(self, user):
        return self.with_context(**QUIET, lang=user.lang or self.env.lang).env

    @api.model
    def _tell_late(self, user, branches):
        env = self._spoken(user)
        never = env._("never complete")
        days = {branch: branch.generated_as_of for branch in branches}
        return self._tell(
            user,
            env._("KPB: calls are not being created"),
            env["kpb.clock"]._why_held()
            or env._(
                "For more than 26 hours no day was completed here. Look at the list Needs"
                " Attention, and ask your Odoo administrator whether the scheduled action “KPB:"
                " generate what is due” is active and what its log says."
            ),
            [
                f"{branch.name}: {format_date(env, day) if day else never}"
                for branch, day in days.items()
            ],
            min(day or branch.create_date.date() for branch, day in days.items()),
        )

    @api.model
    def _tell_idle(self, user, job, since):
        env = self._spoken(user)
        name = job.with_env(env).cron_name
        return self._tell(
            user,
            env._("KPB: “%s” does not run", name),
            env._(
                "This scheduled action is switched off, or for more than 26 hours it has only"
                " failed or not begun. Look into the log for what stopped it, and switch it on"
                " under Settings, Technical, Scheduled Actions."
            ),
            [env._("%(job)s: since %(day)s", job=name, day=format_date(env, since))],
            since.date(),
        )

    @api.model
    def _tell(self, user, summary, words, lines, since):
        """Put a standstill on a person's list, unless it is or was there.

        :param date since: when it began
        :return: the activity, also one that is done
        """
        kind = self.env.ref("daya_kpb_followup.mail_activity_type_heartbeat")
        note = Markup('<p>%s</p><ul>%s</ul><p><a href="/odoo/kpb-attention">%s</a></p>') % (
            words,
            Markup().join(Markup("<li>%s</li>") % line for line in lines),
            self._spoken(user)._("Needs Attention"),
        )
        activities = self._spoken(user)["mail.activity"].with_context(active_test=False)
        told = activities.search(
            [
                ("activity_type_id", "=", kind.id),
                ("user_id", "=", user.id),
                ("summary", "=", summary),
                "|",
                ("active", "=", True),
                ("create_date", ">", since),
            ],
            order="active DESC, id DESC",
            limit=1,
        )
        if told.active:
            told.note = note
        return told or activities.create(
            {
                "activity_type_id": kind.id,
                "user_id": user.id,
                "date_deadline": fields.Date.context_today(self.with_context(tz=user.tz)),
                "summary": summary,
                "note": note,
                "automated": True,
            }
        )
