"""Imports the sample export, generates what is due and prints where the work lies.

    fill_demo.py ODOO_CONF DATABASE EXPORT

Every step can be repeated: an export that was imported completely is not imported again, and the
generation creates nothing twice.
"""

import base64
import sys
from collections import Counter
from pathlib import Path

import odoo.tools
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

OPEN_STATES = ("todo", "appointment")
MOST_CRON_CALLS = 200


def run_cron(env, name, is_finished):
    """Runs a scheduled action as the scheduler would, once and then until `is_finished()`."""
    cron = env.ref(f"daya_kpb_followup.{name}")
    for _call in range(MOST_CRON_CALLS):
        cron.method_direct_trigger()
        # The action worked in a transaction of its own: begin a new one to see its result.
        env.cr.commit()
        env.invalidate_all()
        if is_finished():
            return
    raise SystemExit(f"The scheduled action {name} does not come to an end.")


def import_export(env, export):
    """Imports the file once; returns the sentence that says what happened."""
    imports = env["kpb.import"]
    job = imports.search([("filename", "=", export.name), ("state", "!=", "draft")], limit=1)
    if not job:
        job = imports.create(
            {
                "name": "Sample export",
                "filename": export.name,
                "data_file": base64.b64encode(export.read_bytes()),
            }
        )
        job.action_start()
        env.cr.commit()
    elif job.state == "done":
        return f"{export.name} was imported before"
    run_cron(env, "ir_cron_kpb_import", lambda: job.state not in ("draft", "queued", "running"))
    return (
        f"{job.row_read} rows read: {job.row_created} created, {job.row_updated} updated, "
        f"{job.row_unchanged} unchanged, {job.row_rejected} rejected ({job.state})"
    )


def generate(env):
    """Runs the generation until a call creates nothing; returns the sentence about it."""
    followups = env["kpb.followup"]
    counts = [followups.search_count([])]

    def nothing_new():
        counts.append(followups.search_count([]))
        return counts[-1] == counts[-2]

    run_cron(env, "ir_cron_kpb_generate", nothing_new)
    too_late = followups.search_count([("result", "=", "expired")])
    return (
        f"{counts[-1] - counts[0]} follow-ups created; {too_late} are closed, because the call came"
        " too late to be of use"
    )


def open_followups(env):
    """Rows (branch, role, milestone, count) of the follow-ups that wait for somebody."""
    groups = env["kpb.followup"]._read_group(
        [("state", "in", OPEN_STATES)], ["branch_id", "role_id", "milestone_id"], ["__count"]
    )
    counts = Counter()
    order = {}
    for branch, role, milestone, count in groups:
        key = (branch.name or "-", role.name or "-", milestone.display_name or "-")
        counts[key] += count
        order[key] = (branch.name or "", role.id, milestone.id)
    return [(*key, counts[key]) for key in sorted(counts, key=order.get)]


def demo_logins(env):
    """Rows (role, branch, login): one user per role, in the order of the roles."""
    rows = []
    for role in env["kpb.role"].search([]):
        member = env["kpb.branch.member"].search(
            [("role_id", "=", role.id), ("user_id.active", "=", True)], order="id", limit=1
        )
        if member:
            rows.append((role.name, member.branch_id.name, member.user_id.login))
    return rows


def print_table(titles, rows):
    cells = [titles, *[[str(cell) for cell in row] for row in rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(titles))]

    def line(row):
        padded = [
            cell.rjust(width) if cell.isdigit() else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ]
        return "  " + "  ".join(padded).rstrip()

    print(line(cells[0]))
    print("  " + "  ".join("-" * width for width in widths))
    for row in cells[1:]:
        print(line(row))


def main(conf, database, export):
    odoo.tools.config.parse_config(
        ["--config", conf, "--log-level", "warn", "--no-http"], setup_logging=True
    )
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
        print(f"      import: {import_export(env, export)}")
        print(f"      generation: {generate(env)}", flush=True)
        rows = open_followups(env)
        print("\nFollow-ups open\n")
        print_table(["Branch", "Role", "Milestone", "Open"], rows)
        print(f"\n  {sum(row[-1] for row in rows)} in all")
        print("\nDemo logins (the password is the login)\n")
        logins = [*demo_logins(env), ("Administrator", "all", "admin")]
        print_table(["Role", "Branch", "Login"], logins)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
