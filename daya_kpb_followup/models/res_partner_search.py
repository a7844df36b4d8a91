from odoo import models
from odoo.modules.db import FunctionStatus


def _trigrams_of_name(registry):
    """Return the index by which a part of a name is found, as Odoo's searches write it.

    Where the database knows ``unaccent``, they compare without accents. Where that function is not
    immutable, no index can serve them, and there is none.

    :return: what follows ``INDEX`` in SQL; empty for no index
    """
    if not registry.has_trigram or registry.has_unaccent == FunctionStatus.PRESENT:
        return ""
    return f"USING gin ({registry.unaccent('name')} gin_trgm_ops)"


class ResPartner(models.Model):
    """A customer is found by a part of the name, among a million."""

    _inherit = "res.partner"

    _kpb_name = models.Index(_trigrams_of_name)
