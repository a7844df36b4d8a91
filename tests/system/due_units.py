"""Units of the battery: bought on such days that their calls are due now. Runs inside Odoo."""

from datetime import date, timedelta

from oracle import BATTERY

#: Days since the purchase, dealt out in turn: one call due for most, up to fourteen for some.
AGES = (
    *range(15, 30), *range(15, 30), *range(15, 30), *range(15, 30),
    30, 31, 45, 60, 75, 76, 89, 90, 91, 134, 135, 136, 210, 240, 254, 255, 256, 330, 345,
    374, 375, 376, 421, 460, 545, 731, 1095, 1096, 1100, 5, 14,
)  # fmt: skip
ENGINES = ("JFB1E", "JFP1E", "JB01E", "JFL1E", "MC41E", "KC71E", "ZZZ9E")
BRANCHES = (
    ("Asia/Jakarta", ("salesforce", "admin_crm_h2", "admin_crm_h2"), date(2000, 1, 1)),
    ("Asia/Makassar", ("salesforce", "salesforce", "admin_crm_h2"), date(2000, 1, 1)),
    ("Asia/Jayapura", ("pic_crm",), None),
    # nobody works here: its calls have no owner
    ("Asia/Jakarta", (), date(2000, 1, 1)),
)


def add_units(env, number):
    """Create units of the battery until there are so many, in branches of its own, and commit.

    :param env: of the superuser
    :param int number: how many there are afterwards
    """
    env = env(context={**env.context, "tracking_disable": True, "no_reset_password": True})
    known = env["kpb.purchase"].search_count([("chassis_number", "=like", f"{BATTERY}%")])
    branches = add_branches(env)
    partners = env["res.partner"].create([{"name": f"Konsumen Uji {i}"} for i in range(50)])
    for start in range(known, number, 1000):
        vals_list = []
        for place in range(start, min(number, start + 1000)):
            branch, seller = branches[place % len(branches)]
            age = AGES[place * 7 % len(AGES)]
            vals_list.append(
                {
                    "partner_id": partners[place % 50].id,
                    "branch_id": branch.id,
                    "salesperson_id": seller.id,
                    "purchase_date": branch._today() - timedelta(days=age),
                    "chassis_number": f"{BATTERY}{place:07d}",
                    "engine_number": f"{ENGINES[place % len(ENGINES)]}{place:07d}",
                }
            )
        env["kpb.purchase"].create(vals_list)
        env.cr.commit()
        env.invalidate_all()


def add_branches(env):
    """Return [(branch, salesperson)] with all people in place."""
    roles = {role.code: role.id for role in env["kpb.role"].search([])}
    group = env.ref("daya_kpb_followup.kpb_group_user").id
    found = []
    for number, (tz, people, go_live) in enumerate(BRANCHES):
        code = f"BATTERY-{number}"
        branch = env["kpb.branch"].search([("code", "=", code)])
        if branch:
            found.append((branch, branch.member_ids.user_id.sorted("id")[:1]))
            continue
        branch = branch.create({"name": f"Cabang Uji {number}", "code": code, "tz": tz})
        branch.go_live_date = go_live or branch._today() - timedelta(days=200)
        users = env["res.users"]
        for place, role in enumerate(people):
            login = f"battery-{number}-{place}"
            users |= env["res.users"].create(
                {"name": login, "login": login, "tz": tz, "group_ids": [(4, group)]}
            )
            branch.member_ids = [(0, 0, {"user_id": users[-1].id, "role_id": roles[role]})]
        found.append((branch, users[:1]))
    return found
