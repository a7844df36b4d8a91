from odoo import api, models


class MailActivity(models.Model):
    """The activity view of follow-ups: one column per milestone, no general activity types."""

    _inherit = "mail.activity"

    @api.model
    def get_activity_data(self, res_model, domain, limit=None, offset=0, fetch_done=False):
        """Return the activity view's cells; of general types only those in use.

        :param str res_model: model of the documents
        :param list domain: which documents
        """
        data = super().get_activity_data(
            res_model, domain, limit=limit, offset=offset, fetch_done=fetch_done
        )
        if res_model == "kpb.followup":
            used = {type_id for cells in data["grouped_activities"].values() for type_id in cells}
            own = self.env["mail.activity.type"].search([("res_model", "=", res_model)])
            shown = used | set(own.ids)
            data["activity_types"] = [
                column for column in data["activity_types"] if column["id"] in shown
            ]
        return data
