"""Opens an Odoo environment for the bench, as setup/bench prepares it."""

import os
from contextlib import contextmanager

import odoo.tools
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

#: The port of the mail server that takes what is sent, when there is one.
MAILBOX = "KPB_BENCH_SMTP_PORT"


@contextmanager
def superuser(conf, database, **context):
    """Give an environment of the superuser; what is not committed is lost.

    :param conf: path of an Odoo configuration
    :param str database: name
    """
    options = ["--config", str(conf), "--database", database, "--log-level", "warn", "--no-http"]
    if MAILBOX in os.environ:
        options += ["--smtp", "127.0.0.1", "--smtp-port", os.environ[MAILBOX]]
    odoo.tools.config.parse_config(options, setup_logging=True)
    with Registry(database).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {"lang": "en_US", **context})
