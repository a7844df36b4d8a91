from odoo import api, models
from odoo.fields import Domain

from ..rules.escalation import Answer


class KpbEscalation(models.Model):
    """No person's absence loses an escalation: it goes to who fills the station now, or climbs."""

    _inherit = "kpb.escalation"

    @api.model
    def _reconcile(self):
        """Hand over what has no working addressee, rebuild the activities of open escalations."""
        job = self.env["kpb.job"]
        open_lines = Domain("state", "=", Answer.OPEN.value)
        # members and branches may have changed in this very run: asked anew, line by line
        orphans = self.search(open_lines).filtered(lambda line: not line._is_in_good_hands())
        stray = Domain.OR(
            Domain("id", "in", lines.ids) & Domain("user_id", "=", user.id)
            for user, lines in orphans.grouped("user_id").items()
        )
        job._work_off(self, open_lines & stray, lambda lines: lines._pass_to_present())
        bare = Domain(
            "activity_ids",
            "not any",
            [("active", "=", True), ("activity_type_id.res_model", "=", self._name)],
        )
        job._work_off(self, open_lines & bare, lambda lines: lines._create_activity())
        job._work_off(
            self, ~open_lines & ~bare, lambda lines: lines._answer_activities().action_archive()
        )

    def _present_fillers(self):
        self.ensure_one()
        return self._fillers(self.level_id._as_rule(), self.followup_id)

    def _is_in_good_hands(self):
        return self.user_id.id in self._present_fillers()

    def _pass_to_present(self):
        """Give escalations to who fills their station now; where nobody does, they climb."""
        for line in self:
            fillers = line._present_fillers()
            if not fillers:
                words = self.env._("%s is not there, and nobody else.", line.user_id.name)
                line._answer(Answer.SILENT, words, self.env["res.users"])
            elif line.user_id.id not in fillers:
                line._give_to(self.env["res.users"].browse(min(fillers)))

    def _give_to(self, user):
        before = self.user_id
        branch = self.branch_id
        self._answer_activities().unlink()
        self.write(
            {
                "user_id": user.id,
                "due_on": branch._working_days_ahead(branch._today(), self.level_id.answer_days),
            }
        )
        self._create_activity()
        body = self.env._(
            "Handed over: %(before)s → %(after)s.", before=before.name, after=user.name
        )
        self.followup_id._message_log_batch(dict.fromkeys(self.followup_id.ids, body))
