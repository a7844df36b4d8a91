"""Starts Odoo as its own script does; a server with worker processes starts this file once more."""

import odoo.cli

odoo.cli.main()
