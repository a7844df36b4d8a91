"""Forty branches below a head office, each with its people: the few hundred rows that Odoo makes.

Nobody gets a password (hashing 300 of them takes minutes) but those whom the bench logs in.
"""

from datetime import date

from odoo.fields import Command

#: What a branch has of each role: (code of the role, how many people, group).
STAFF = (
    ("salesforce", 4, "kpb_group_user"),
    ("admin_crm_h2", 2, "kpb_group_user"),
    ("admin_stnk", 1, "kpb_group_user"),
    ("kacab", 1, "kpb_group_manager"),
)
#: Out of forty branches: thirty in the west, six in the middle, four in the east of Indonesia.
ZONES = ("Asia/Jakarta",) * 15 + ("Asia/Makassar",) * 3 + ("Asia/Jayapura",) * 2
#: (name, first characters of its engine numbers), as the coupon table knows them.
MODELS = (
    ("Vario 125", "JFB1"),
    ("BeAT", "JFP1"),
    ("BeAT Pop", "JFS1"),
    ("Scoopy FI", "JFL1"),
    ("PCX", "KF12"),
    ("Supra X 125", "JB91"),
    ("Revo Fit FI", "JBK1"),
    ("CBR 150R", "KC71"),
)
PASSWORD = "bench"
#: The people whom the bench logs in; they work in the first branch.
LOGINS = ("bench.admin_crm_h2.1.1", "bench.salesforce.1.1", "bench.kacab.1.1")


def add_people(env, branches):
    """Make branches and their members; the same again when they are there.

    :param int branches: how many beside head office
    :return: the ``kpb.branch`` records, without head office
    """
    present = env["kpb.branch"].search([("code", "like", "BENCH-"), ("code", "!=", "BENCH-HO")])
    if present:
        return present.sorted("id")
    always = {"go_live_date": date(2000, 1, 1)}
    head = env["kpb.branch"].create({"name": "Bench Head Office", "code": "BENCH-HO", **always})
    made = env["kpb.branch"].create(
        [
            {
                "name": f"Bench Branch {number:02d}",
                "code": f"BENCH-{number:02d}",
                "parent_id": head.id,
                "tz": ZONES[number % len(ZONES)],
                **always,
            }
            for number in range(1, branches + 1)
        ]
    )
    _add_members(env, head, (("pic_crm", 2, "kpb_group_manager"),), 0)
    for number, branch in enumerate(made, 1):
        _add_members(env, branch, STAFF, number)
    env["res.users"].search([("login", "in", LOGINS)]).password = PASSWORD
    return made


def _add_members(env, branch, staff, number):
    roles = {role.code: role for role in env["kpb.role"].search([])}
    places = [(role, group, place) for role, many, group in staff for place in range(1, many + 1)]
    users = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": f"{role} {number}.{place}",
                    "login": f"bench.{role}.{number}.{place}",
                    "email": f"bench.{role}.{number}.{place}@example.com",
                    "tz": branch.tz,
                    "group_ids": [Command.link(env.ref(f"daya_kpb_followup.{group}").id)],
                }
                for role, group, place in places
            ]
        )
    )
    branch.member_ids = [
        Command.create({"role_id": roles[role].id, "user_id": user.id})
        for user, (role, _group, _place) in zip(users, places, strict=True)
    ]


def add_products(env):
    """Return the motorcycles as rows (product id, engine prefix); made when they are missing."""
    rows = []
    for name, prefix in MODELS:
        product = env["product.product"].search([("default_code", "=", f"BENCH-{prefix}")], limit=1)
        product = product or env["product.product"].create(
            {"name": name, "default_code": f"BENCH-{prefix}"}
        )
        rows.append((product.id, prefix))
    return rows
