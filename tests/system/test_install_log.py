"""Odoo has nothing to complain about while the addon is installed or updated."""

import os
import re
import subprocess
from pathlib import Path

COMPLAINT = re.compile(
    r"^(?:[\d-]+ [\d:,]+ \d+ (?:WARNING|ERROR|CRITICAL) .*|Traceback.*)$", re.MULTILINE
)


def test_installation_is_silent():
    log = Path(os.environ["KPB_INSTALL_LOG"]).read_text()
    assert "odoo.modules.loading: Loading module daya_kpb_followup" in log
    assert not COMPLAINT.findall(log)


def test_update_is_silent(start_odoo):
    process = start_odoo(
        "--update", "daya_kpb_followup", "--stop-after-init", "--no-http",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    log, _nothing = process.communicate(timeout=300)
    assert process.returncode == 0, log[-3000:]
    assert "odoo.modules.loading: Loading module daya_kpb_followup" in log
    assert not COMPLAINT.findall(log)
