from odoo import fields, models

from .kpb_quiet import QUIET

#: Models whose work goes with its activity, see ``kpb.entrusted``.
ENTRUSTED = ("kpb.followup", "kpb.escalation")


class MailActivity(models.Model):
    """Giving the activity of a call or an escalation to a colleague gives the work.

    Moving it to another day moves the call, for those who plan the branch's calls.
    """

    _inherit = "mail.activity"

    def write(self, vals):
        """Change activities; the work behind them goes with its owner and its day.

        :raises UserError: the colleague cannot have the work, or its day is not moved like this
        """
        is_engine = self.env.su and QUIET.keys() <= self.env.context.keys()
        given = self.browse() if is_engine else self._work_given(vals)
        moved = self.browse() if is_engine else self._work_moved(vals)
        if given or moved:
            self.check_access("write")
        for work in given._work():
            work._refuse_stranger(self.env["res.users"].browse(vals["user_id"]))
        day = fields.Date.to_date(vals.get("date_deadline"))
        for work in moved._work():
            work._refuse_other_day(day)
        # whoever has a call in his list does not follow what is written about the customer
        quiet = self.with_context(kpb_no_subscribe=True) if given else self
        done = super(MailActivity, quiet).write(vals)
        for work in given._work():
            work._follow_activities()
        for work in moved._work():
            work._move_by_hand(day)
        return done

    def _work_given(self, vals):
        """Return the activities whose work the new values give to somebody else."""
        if "user_id" not in vals:
            return self.browse()
        return self._entrusted().filtered(lambda activity: activity.user_id.id != vals["user_id"])

    def _work_moved(self, vals):
        """Return the activities whose work the new values move to another day."""
        day = fields.Date.to_date(vals.get("date_deadline"))
        if not day:
            return self.browse()
        return self._entrusted().filtered(lambda activity: activity.date_deadline != day)

    def _entrusted(self):
        """Return the activities that stand for work, without what people added by hand."""
        return self.filtered(
            lambda activity: (
                activity.active
                and activity.res_model in ENTRUSTED
                and activity.activity_type_id.res_model == activity.res_model
            )
        )

    def _work(self):
        """Return the records behind the activities, model by model, in superuser mode."""
        return [
            # sudo: who may change the activity may give the work; owners are the engine's to write
            self.env[model].sudo().browse(activities.mapped("res_id"))
            for model, activities in self.grouped("res_model").items()
        ]
