import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from ..rules.assignment import PIC_CRM
from .kpb_quiet import QUIET

_logger = logging.getLogger(__name__)


class KpbHeartbeat(models.AbstractModel):
    """Tells people when generation has not finished a day for 26 hours.

    It runs apart from generation, so that a job that fails, is killed every time or was switched
    off does not stay unnoticed. Each PIC CRM concerned gets one activity, once per standstill; it
    ends by itself. When scheduled actions do not run at all, ``/kpb/health`` still tells.
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
    def _look(self):
        """Start the generation again where it is late, and keep the right people informed.

        :return: the branches that are late
        """
        late = self._late()
        if late:
            _logger.warning("Generation is late in %s branches", len(late))
            if not self.env["kpb.clock"]._held_since():
                self.env.ref("daya_kpb_followup.ir_cron_kpb_generate")._trigger()
        told = self.env["res.users"]
        for user, branches in self._responsible(late).items():
            self._tell(user, branches)
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
        admins = self.env.ref("daya_kpb_followup.kpb_group_admin").all_user_ids
        people = admins.filtered(lambda user: user.active).sorted("id")
        found = {}
        for branch in branches:
            user = find(branch, role, nobody)[0] or people[:1]
            found[user] = found.get(user, branch.browse()) | branch
        return found

    @api.model
    def _alarms(self):
        kind = self.env.ref("daya_kpb_followup.mail_activity_type_heartbeat")
        return self.env["mail.activity"].search([("activity_type_id", "=", kind.id)])

    @api.model
    def _tell(self, user, branches):
        """Put the standstill on a person's list, unless it is or was there."""
        days = branches.mapped("generated_as_of")
        since = min(days) if all(days) else min(branches.mapped("create_date")).date()
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
                "summary": spoken._("KPB: calls are not being created"),
                "note": self._note(branches.with_env(spoken)),
                "automated": True,
            }
        )

    @api.model
    def _note(self, branches):
        env = branches.env
        lines = Markup().join(
            Markup("<li>%s: %s</li>")
            % (
                branch.name,
                format_date(env, branch.generated_as_of)
                if branch.generated_as_of
                else env._("never complete"),
            )
            for branch in branches
        )
        words = env["kpb.clock"]._why_held() or env._(
            "For more than 26 hours no day was completed here. Look at the list Needs Attention,"
            " and ask your Odoo administrator whether the scheduled action “KPB: generate what is"
            " due” is active and what its log says."
        )
        return Markup('<p>%s</p><ul>%s</ul><p><a href="/odoo/kpb-attention">%s</a></p>') % (
            words,
            lines,
            env._("Needs Attention"),
        )
