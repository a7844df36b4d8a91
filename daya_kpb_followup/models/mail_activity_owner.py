from odoo import models

from .kpb_quiet import QUIET

#: Models whose work goes with its activity, see ``kpb.entrusted``.
ENTRUSTED = ("kpb.followup", "kpb.escalation")


class MailActivity(models.Model):
    """Giving the activity of a call or an escalation to a colleague gives the work."""

    _inherit = "mail.activity"

    def write(self, vals):
        """Change activities; the work behind them goes with its owner.

        :raises UserError: the colleague cannot have the work
        """
        is_engine = QUIET.keys() <= self.env.context.keys()
        given = self.browse() if is_engine or "user_id" not in vals else self._work_given(vals)
        if given:
            self.check_access("write")
            person = self.env["res.users"].browse(vals["user_id"])
            for work in given._work():
                work._refuse_stranger(person)
        # whoever has a call in his list does not follow what is written about the customer
        quiet = self.with_context(kpb_no_subscribe=True) if given else self
        done = super(MailActivity, quiet).write(vals)
        for work in given._work():
            work._follow_activities()
        return done

    def _work_given(self, vals):
        """Return the activities whose work the new values give to somebody else."""
        return self.filtered(
            lambda activity: (
                activity.active
                and activity.res_model in ENTRUSTED
                and activity.activity_type_id.res_model == activity.res_model
                and activity.user_id.id != vals["user_id"]
            )
        )

    def _work(self):
        """Return the records behind the activities, model by model, in superuser mode."""
        return [
            # sudo: who may change the activity may give the work; owners are the engine's to write
            self.env[model].sudo().browse(activities.mapped("res_id"))
            for model, activities in self.grouped("res_model").items()
        ]
