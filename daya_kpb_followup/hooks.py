"""What has to happen around the life of the addon in a database."""

from odoo.tools import SQL

#: Facts, each before what it points to; opportunities and customers stay with Odoo.
FACTS = (
    "kpb_attempt",
    "kpb_validation",
    "kpb_escalation",
    "kpb_followup",
    "kpb_visit",
    "kpb_import_row",
    "kpb_import",
    "kpb_lost_episode",
    "kpb_purchase",
)


def uninstall_hook(env):
    """Take the facts away before Odoo takes the definitions they point to.

    Odoo removes records one model after the other and would stumble over every fact that still
    points to a milestone, a branch or a unit. Activities and calendar entries of the facts go
    with them; opportunities stay and only forget the unit they came from.

    :param env: environment of the database, as superuser
    """
    env.flush_all()
    env.cr.execute("DELETE FROM calendar_event WHERE res_model LIKE 'kpb.%'")
    env.cr.execute("DELETE FROM mail_activity WHERE res_model LIKE 'kpb.%'")
    alarm = env.ref("daya_kpb_followup.mail_activity_type_heartbeat")
    env.cr.execute("DELETE FROM mail_activity WHERE activity_type_id = %s", [alarm.id])
    env["ir.config_parameter"].search([("key", "=like", "daya_kpb_followup.%")]).unlink()
    env.cr.execute(
        "UPDATE crm_lead SET kpb_purchase_id = NULL, kpb_new_purchase_id = NULL,"
        " kpb_branch_id = NULL"
    )
    for table in FACTS:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    env.invalidate_all()
