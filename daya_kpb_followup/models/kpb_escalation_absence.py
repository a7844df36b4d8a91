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
        open_lines = self._open_domain()
        job._work_off(
            self, open_lines & self._stray_domain(), lambda lines: lines._pass_to_present()
        )
        job._work_off(self, self._misplaced_domain(), lambda lines: lines._follow_activities())
        job._work_off(
            self, open_lines & self._bare_domain(), lambda lines: lines._create_activities()
        )
        job._work_off(
            self, self._needless_domain(), lambda lines: lines._own_activities().action_archive()
        )

    @api.model
    def _stray_domain(self):
        """Return the domain of open escalations whose addressee does not fill the station now.

        Who fills a station depends on the branch and the visited sister branch alone, so one line
        of each kind answers for all.
        """
        kinds = self._read_group(
            self._open_domain(),
            ["level_id", "branch_id", "followup_id.visit_id.branch_id", "user_id"],
            ["id:min"],
        )
        return Domain.OR(
            Domain("level_id", "=", level.id)
            & Domain("branch_id", "=", branch.id)
            & Domain("user_id", "=", user.id)
            & Domain("followup_id", "any", self._visited_domain(sister))
            for level, branch, sister, user, example in kinds
            if not self.browse(example)._is_in_good_hands()
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
        self._own_activities().unlink()
        self.write(
            {
                "user_id": user.id,
                "due_on": branch._working_days_ahead(branch._today(), self.level_id.answer_days),
            }
        )
        self._create_activities()
        self._log_hand_over(before)

    def _log_hand_over(self, before):
        body = self.env._(
            "Handed over: %(before)s → %(after)s.", before=before.name, after=self.user_id.name
        )
        self.followup_id._message_log_batch(dict.fromkeys(self.followup_id.ids, body))
