"""The addon can be taken out of a database that worked with it, and leaves nothing behind."""

import subprocess

UNINSTALL = """
env["ir.module.module"].search([("name", "=", "daya_kpb_followup")]).button_immediate_uninstall()
"""
#: What may speak of the addon afterwards: nothing.
LEFT_OVERS = (
    "SELECT model FROM ir_model_data WHERE module = 'daya_kpb_followup'",
    "SELECT tablename FROM pg_tables WHERE tablename LIKE 'kpb%%'",
    "SELECT name FROM ir_model_fields WHERE name LIKE 'kpb%%' OR relation LIKE 'kpb.%%'",
    "SELECT id FROM mail_activity WHERE res_model LIKE 'kpb.%%'",
    "SELECT id FROM mail_activity_type WHERE res_model LIKE 'kpb.%%'",
    "SELECT id FROM mail_message WHERE model LIKE 'kpb.%%'",
    "SELECT id FROM mail_followers WHERE res_model LIKE 'kpb.%%'",
    "SELECT id FROM calendar_event WHERE res_model LIKE 'kpb.%%'",
    "SELECT id FROM ir_act_server WHERE code LIKE '%%_cron_generate%%'",
)
#: Opportunities stay, but for those of the demo data.
LEADS = """
    SELECT id FROM crm_lead WHERE id NOT IN (
        SELECT res_id FROM ir_model_data WHERE module = 'daya_kpb_followup' AND model = 'crm.lead'
    ) ORDER BY id
"""


def test_uninstall_is_silent_and_complete(start_odoo, database, query):
    leads = query(database, LEADS)
    shell = start_odoo(
        "--no-http",
        "--log-level=warn",
        command=("shell",),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said, _none = shell.communicate(UNINSTALL, timeout=300)
    assert shell.returncode == 0, said
    assert "WARNING" not in said
    assert "ERROR" not in said
    for left_over in LEFT_OVERS:
        assert query(database, left_over) == [], left_over
    assert query(database, "SELECT id FROM crm_lead ORDER BY id") == leads
