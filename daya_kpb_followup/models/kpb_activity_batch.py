from collections import Counter

from odoo import api, fields, models

from .kpb_quiet import QUIET


class KpbActivityBatch(models.AbstractModel):
    """Creates the activities of a chunk: the same rows as Odoo makes, and one note per person.

    Nobody becomes a follower, nobody gets a mail; each person's counter goes up at once.
    """

    _name = "kpb.activity.batch"
    _description = "Activities in Bulk"

    @api.model
    def _create(self, documents, vals_list):
        """Create one activity on each document, in the language of the documents' context.

        :param documents: records with activities
        :param list vals_list: for each, the values but for what says on which document it is
        """
        if not vals_list:
            return
        documents = documents.with_context(**QUIET)
        model_id = self.env["ir.model"]._get_id(documents._name)
        documents.mapped("display_name")
        pairs = sorted(zip(documents, vals_list, strict=True), key=lambda pair: pair[1]["user_id"])
        people = self.env["res.users"].browse({vals["user_id"] for vals in vals_list})
        zones = {person.id: person.tz for person in people}
        vals_list = [
            vals | {"res_id": record.id, "res_model_id": model_id} for record, vals in pairs
        ]
        computed_list = [
            {
                "date_done": False,
                "res_model": documents._name,
                "res_name": record.display_name,
                "user_tz": zones[vals["user_id"]],
            }
            for record, vals in pairs
        ]
        activities = documents.env["mail.activity"]
        if not self.env["kpb.rows"]._is_alone(activities, computed_list[0]):
            activities.create(vals_list)
        else:
            self.env["kpb.rows"]._insert(activities, vals_list, computed_list)
            self._count_up(vals_list)
        documents.invalidate_recordset(["activity_ids"])

    @api.model
    def _count_up(self, vals_list):
        """Tell whoever has Odoo open that there is more to do, once per person."""
        today = fields.Date.today()
        counts = Counter(vals["user_id"] for vals in vals_list if vals["date_deadline"] <= today)
        for user_id, count in counts.items():
            self.env["res.users"].browse(user_id)._bus_send(
                "mail.activity/updated", {"activity_created": True, "count_diff": count}
            )
