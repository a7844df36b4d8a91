from odoo import api, models

from .kpb_job import CHUNK

#: Scheduled actions that wait to be called for help, one worker each.
HELPERS = 3
#: Work that any number of workers may share: model → (method that does all that is due, method
#: that says what is due, for a claim).
SHARED = {
    "kpb.generator": ("_generate", "_due_work"),
    "kpb.lifecycle": ("_judge_customers", "_due_judgements"),
}


class KpbHelper(models.AbstractModel):
    """Calls other workers when there is much to do: after an outage, at go-live.

    Odoo runs a scheduled action in one worker at a time. Where OCA's ``queue_job`` is installed,
    what is left is put into its queue in claims of one chunk each; otherwise the helpers,
    scheduled actions of their own, are started in the other workers. Either way a worker claims
    records by locking them, and the unique indexes have the last word. Imports are not shared:
    the rows of a file, and the files among each other, are taken in order. Nor are the days of
    people whose branch caps their calls: two workers would each count without the other.
    """

    _name = "kpb.helper"
    _description = "Sharing of Scheduled Work"

    @api.model
    def _call(self, job, remaining):
        """Call for help with what a job has left, unless it is soon done.

        :param str job: one of ``SHARED``
        :param int remaining: records left
        :return: how many claims or helpers were called
        """
        claims = -(-remaining // CHUNK)
        if claims < 2 or self._is_planned_by_one(job):
            return 0
        if "queue.job" in self.env:
            for number in range(claims):
                self.with_delay(
                    identity_key=f"{job} {number}",
                    description=self.env._("KPB: one claim of what is due (%s)", job),
                )._claim(job)
            return claims
        for number in range(1, HELPERS + 1):
            helper = self.env.ref(f"daya_kpb_followup.ir_cron_kpb_helper_{number}", False)
            if helper:  # deleted by somebody who saw it idle: the work is done all the same
                helper._trigger()
        return HELPERS

    @api.model
    def _is_planned_by_one(self, job):
        """Return whether days are given out that two workers would both think free."""
        capped = self.env["kpb.branch"].search_count([("daily_cap", ">", 0)], limit=1)
        return job == "kpb.generator" and bool(capped)

    @api.model
    def _claim(self, job):
        """Work off one chunk in the transaction of a queue, which commits it.

        :param str job: one of ``SHARED``
        :return: how many records were handled
        """
        if not self.env["kpb.job"]._may_run():
            return 0
        _whole, what_is_due = SHARED[job]
        return len(self.env["kpb.job"]._work_claim(*getattr(self.env[job], what_is_due)()))

    @api.model
    def _cron_help(self):
        """Scheduled action: share the work that is due; whoever ends last notes that it is done."""
        if self.env["kpb.job"]._may_run():
            self.env["kpb.job"]._each(
                *(getattr(self.env[job], whole) for job, (whole, _what_is_due) in SHARED.items())
            )
