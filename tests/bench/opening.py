"""Opens an Odoo environment for the bench, as setup/bench prepares it."""

from contextlib import contextmanager

import odoo.tools
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry


@contextmanager
def superuser(conf, database, **context):
    """Give an environment of the superuser; what is not committed is lost.

    :param conf: path of an Odoo configuration
    :param str database: name
    """
    odoo.tools.config.parse_config(
        ["--config", str(conf), "--database", database, "--log-level", "warn", "--no-http"],
        setup_logging=True,
    )
    with Registry(database).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {"lang": "en_US", **context})
