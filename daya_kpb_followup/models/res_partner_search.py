from odoo import models


class ResPartner(models.Model):
    """A customer is found by a part of the name, among a million."""

    _inherit = "res.partner"

    _kpb_name = models.Index(
        lambda registry: "USING gin (name gin_trgm_ops)" if registry.has_trigram else ""
    )
