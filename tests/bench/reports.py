"""How long does the first screen of each report take, for head office and for a branch?

    PYTHONPATH=$ODOO_HOME python tests/bench/reports.py CONF DATABASE [--plans]

DATABASE was filled by load.py. Reads what the browser reads when a manager opens the menu: the
pivot or picture with the default filter, as PIC CRM of head office and as Kacab of one branch.
Prints the median of five in milliseconds, at the end all of them as a JSON object; ``--plans`` the
plan of the slowest statement of each.
"""

import argparse
import json
import statistics
import sys
import time

from opening import superuser

MONTH = [("planned_date", ">=", "=1d"), ("planned_date", "<", "=1d +1m")]
LAST_YEAR = "=1d -12m"
#: Name → (report, domain, groups of the sets that the first screen asks for, measures), or what the
#: start page calls. An indented name is no first screen: somebody has to ask for it.
SCREENS = {
    "KPB today, figures": lambda env: env["kpb.dashboard"].figures(),
    "KPB today, ladder": lambda env: env["kpb.dashboard"].pictures(["funnel", "ladder"]),
    "KPB today, load": lambda env: env["kpb.dashboard"].pictures(["load"]),
    "follow-up analysis": (
        "kpb.followup.report",
        MONTH,
        [[], ["branch_id"]],
        "due called_rate in_time_rate contact_rate appointment_rate came success_rate days_to_call",
    ),
    "  the funnel's measures": (
        "kpb.followup.report",
        MONTH,
        [[], ["branch_id"]],
        "customers_due customers_called customers_contacted customers_appointment customers_came",
    ),
    "  success by valid data": (
        "kpb.followup.report",
        MONTH,
        [[], ["data_valid"]],
        "due contact_rate success_rate",
    ),
    "funnel": ("kpb.funnel.report", MONTH, [["step"]], "customers"),
    "KPB ladder": (
        "kpb.ladder.report",
        [("purchase_date", ">=", LAST_YEAR)],
        [[], ["purchase_date:month"], ["step"], ["purchase_date:month", "step"]],
        "group_rate",
    ),
    "  sold in 40 months": (
        "kpb.ladder.report",
        [("purchase_date", ">=", "=1d -40m")],
        [[], ["purchase_date:month"], ["step"], ["purchase_date:month", "step"]],
        "group_rate",
    ),
    "LOST and win-backs": (
        "kpb.lost.report",
        [("began_on", ">=", LAST_YEAR)],
        [[], ["reason_id"]],
        "at_risk lost win_backs won_back_rate",
    ),
    "workload forecast": (
        "kpb.forecast.report",
        [],
        [["day:week", "side"]],
        "amount",
    ),
    "workload by person": ("kpb.load.report", [], [["week:week"]], "calls capacity too_many"),
    "data quality": (
        "kpb.data.quality.report",
        [],
        [[], ["branch_id"]],
        "customers complete_rate phone_rate odm_rate valid_rate stale",
    ),
    "  with duplicates": (
        "kpb.data.quality.report",
        [],
        [[], ["branch_id"]],
        "customers duplicates",
    ),
}
READERS = {"head office": "bench.pic_crm.0.1", "branch": "bench.kacab.1.1"}
TIMES = 5


def read(env, screen):
    """Read a screen as the browser does."""
    if callable(screen):
        return screen(env)
    report, domain, sets, measures = screen
    model = env[report]
    specs = [f"{name}:{model._fields[name].aggregator}" for name in measures.split()]
    if len(sets) == 1:  # a picture or a grouped list
        return model.formatted_read_group(domain, sets[0], specs)
    return model.formatted_read_grouping_sets(domain, sets, specs)


def measure(env, screen, times=TIMES):
    """Return the median of reading a screen, in milliseconds."""
    taken = []
    for _time in range(times):
        env.cr.rollback()  # what a report has set for its transaction is not the next one's
        env.invalidate_all()
        begun = time.perf_counter()
        read(env, screen)
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def plan(env, screen):
    """Return the plan of the slowest statement of a screen."""
    statements = []
    cursor = env.cr
    execute = cursor.execute

    def listen(query, params=None, **more):
        begun = time.perf_counter()
        done = execute(query, params, **more)
        statements.append((time.perf_counter() - begun, cursor._obj.query.decode()))
        return done

    cursor.execute = listen
    try:
        read(env, screen)
    finally:
        del cursor.execute
    execute("EXPLAIN (ANALYZE, BUFFERS) " + max(statements)[1].replace("%", "%%"), ())
    return "\n".join(line for (line,) in cursor.fetchall())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("conf")
    parser.add_argument("database")
    parser.add_argument("--plans", action="store_true")
    parser.add_argument("--only", default="", help="screens whose name contains this")
    options = parser.parse_args()
    with superuser(options.conf, options.database) as env:
        print(f"{'ms':<26}" + "".join(f"{who:>14}" for who in READERS))
        users = {
            who: env["res.users"].search([("login", "=", login)]) for who, login in READERS.items()
        }
        found = {}
        for name, screen in SCREENS.items():
            if options.only not in name:
                continue
            envs = {who: env(user=user.id, su=False) for who, user in users.items()}
            found[name] = taken = {who: measure(one, screen) for who, one in envs.items()}
            figures = "".join(f"{figure:>14.0f}" for figure in taken.values())
            print(f"{name:<26}{figures}", flush=True)
            for one in envs.values() if options.plans else ():
                print(plan(one, screen))
        print(json.dumps(found))


if __name__ == "__main__":
    sys.exit(main())
