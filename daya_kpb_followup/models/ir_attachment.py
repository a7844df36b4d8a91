from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import OrderedSet


class IrAttachment(models.Model):
    """Files of a call are for its branch, not for whoever is asked about it (S5)."""

    _inherit = "ir.attachment"

    @api.model
    def _inaccessible_comodel_records(self, model_and_ids, operation):
        calls = {model: ids for model, ids in model_and_ids.items() if model == "kpb.followup"}
        others = {model: ids for model, ids in model_and_ids.items() if model not in calls}
        yield from super()._inaccessible_comodel_records(others, operation)
        yield from super()._inaccessible_comodel_records(calls, "write")

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Leave out the files of calls that the user reads only because he is asked about them."""
        domain = Domain(domain)
        if not self.env.su and not bypass_access and "kpb.followup" in str(domain):
            foreign = self.env["kpb.followup"]._only_asked_about()
            domain &= ~(
                Domain("res_model", "=", "kpb.followup")
                & Domain("res_id", "in", OrderedSet(foreign.ids))
            )
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)
