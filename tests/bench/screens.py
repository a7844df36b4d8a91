"""The screens of a branch's people beside those of Odoo CRM: milliseconds over HTTP.

    screens.py URL DATABASE REPEATS

Everything is read under the record rules of a person of the first branch, and of a seller who sees
his own leads; ``all leads`` is a seller who sees every lead. Prints one JSON object: screen →
{"ours": [seconds …], "own leads": […], "all leads": […]}. The three are asked in turn.
"""

import json
import sys

from client import Client, timed
from leads import ALL, OWN
from people import LOGINS, PASSWORD

OPEN = ["state", "in", ["todo", "appointment"]]
COLUMNS, CARDS = 80, 20


def read_list(client, model, domain, order, context=None):
    """Return a function that asks for a list as the client does."""
    specification = client.specification(model, "list")
    return lambda: client.call(
        model,
        "web_search_read",
        domain=domain,
        specification=specification,
        limit=COLUMNS,
        offset=0,
        order=order,
        count_limit=10001,
        context=context,
    )


def read_kanban(client, model, domain, group_by, order, aggregates=()):
    """Return a function that asks for the columns and cards of a board."""
    specification = client.specification(model, "kanban")
    return lambda: client.call(
        model,
        "web_read_group",
        domain=domain,
        groupby=[group_by],
        aggregates=["__count", *aggregates],
        limit=COLUMNS,
        offset=0,
        order=order,
        auto_unfold=True,
        unfold_read_specification=specification,
        unfold_read_default_limit=CARDS,
        groupby_read_specification={group_by: {"display_name": {}, "fold": {}}},
    )


def read_counters(client, model, domain, group_by, field, values, total=False):
    """Return a function that asks for the coloured counters above the columns."""
    bar = {"field": field, "colors": dict.fromkeys(values, "success"), "help": ""}
    bar |= {"sum_field": total} if total else {}
    return lambda: client.call(
        model, "read_progress_bar", domain=domain, group_by=group_by, progress_bar=bar
    )


def read_form(client, model, domain):
    """Return a function that opens the forms of a list's first rows, one after the other."""
    specification = client.specification(model, "form")
    ids = client.call(model, "search", domain, limit=50)
    turn = iter(ids * 100)
    return lambda: client.call(model, "web_read", [next(turn)], specification=specification)


def find(client, model, words):
    """Return a function that types into a many2one, another word each time."""
    turn = iter(words * 100)
    return lambda: client.call(
        model, "web_name_search", name=next(turn), specification={"display_name": {}}, limit=8
    )


def find_in_list(client, model, domain_of, words, order):
    """Return a function that searches in a list, another word each time."""
    specification = client.specification(model, "list")
    turn = iter(words * 100)
    return lambda: client.call(
        model,
        "web_search_read",
        domain=domain_of(next(turn)),
        specification=specification,
        limit=COLUMNS,
        offset=0,
        order=order,
        count_limit=10001,
    )


def ours(client):
    """Return screen → function, for a person of a branch."""
    unit = "kpb.purchase"
    mine = [["user_id", "=", client.uid], OPEN]
    some = client.call(
        unit, "search_read", [], ["license_plate", "phone", "partner_id", "engine_number"], limit=40
    )
    statuses = ["active", "at_risk", "lost", "prospect", "stopped"]

    by_date = "purchase_date desc, id desc"
    return {
        "list": read_list(client, "kpb.followup", mine, "deadline, id"),
        "board": read_kanban(client, unit, [], "stage_id", "next_step_date, id"),
        "counters": read_counters(client, unit, [], "stage_id", "status", statuses),
        "find by name": find(client, unit, [row["partner_id"][1].split(" · ")[0] for row in some]),
        "find by plate": find(client, unit, [row["license_plate"] for row in some]),
        "find by phone": find_in_list(
            client,
            unit,
            lambda word: [["phone", "ilike", word]],
            [row["phone"][-8:] for row in some],
            by_date,
        ),
        "search in the list": find_in_list(
            client,
            unit,
            lambda word: [["display_name", "ilike", word]],
            [row["engine_number"][-7:] for row in some],
            by_date,
        ),
        "form": read_form(client, unit, []),
        "systray": lambda: client.post("/mail/data", fetch_params=["systray_get_activities"]),
    }


def crm(client):
    """Return screen → function, for a seller."""
    lead = "crm.lead"
    mine = [["type", "=", "opportunity"], ["user_id", "=", client.uid]]
    every = [["type", "=", "opportunity"]]
    domain = mine if client.login == OWN else every
    some = client.call(lead, "search_read", domain, ["name", "phone", "partner_id"], limit=40)
    order = "priority desc, id desc"
    states = ["overdue", "today", "planned"]
    return {
        "list": read_list(client, lead, domain, order),
        "board": read_kanban(client, lead, domain, "stage_id", order, ["expected_revenue:sum"]),
        "counters": read_counters(
            client, lead, domain, "stage_id", "activity_state", states, "expected_revenue"
        ),
        "find by name": find(client, lead, [row["name"][-14:] for row in some]),
        "find by phone": find_in_list(
            client,
            lead,
            lambda word: [["phone_mobile_search", "ilike", word]],
            [row["phone"][-8:] for row in some],
            order,
        ),
        "form": read_form(client, lead, domain),
        "systray": lambda: client.post("/mail/data", fetch_params=["systray_get_activities"]),
    }


def main(url, database, repeats):
    people = {"ours": (LOGINS[0], ours), "own leads": (OWN, crm), "all leads": (ALL, crm)}
    asked = {}
    for who, (login, screens) in people.items():
        client = Client(url, database, login, PASSWORD)
        client.login = login
        asked[who] = screens(client)
    found = {screen: {} for screen in asked["ours"]}
    for screen, of in found.items():
        for who, screens in asked.items():
            if screen in screens:
                of[who] = timed(screens[screen], int(repeats))
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
