"""Fills a database with a dealer group of any size, the same each time: for measuring, not for use.

    PYTHONPATH=$ODOO_HOME python tests/bench/load.py CONF DATABASE [--purchases N] [--due N] …

CONF is an Odoo configuration (addons path and database server), DATABASE has the addon installed.
``--purchases 1000000`` with the default five years gives about 8 million follow-ups, 300,000 of
them open with their activities, 17 million attempts and 5 million visits; 20,000 purchases take
half a minute. Nothing is due afterwards but what ``--due`` asks for.
Branches (``BENCH-01`` …), users (``bench.<role>.<branch>.<number>``) and products are made by
Odoo; ``bench.admin_crm_h2.1.1``, ``bench.salesforce.1.1`` and ``bench.kacab.1.1`` have the
password ``bench``. Customers, units and calls are inserted by COPY and INSERT … SELECT, with the
days of the real rules, spread by a hash of their number.

It may be called again: the next units come on top.
"""

import argparse
import sys
import time

from bulk import add_dice, in_bulk
from calls import add_calls
from opening import superuser
from people import add_people, add_products
from units import add_units

TABLES = (
    "res_partner",
    "kpb_purchase",
    "kpb_followup",
    "kpb_attempt",
    "kpb_visit",
    "mail_activity",
)


def fill_columns(env):
    """Fill what the ORM computes, by the statements that fill a column which is new."""
    for table in TABLES:
        env.cr.execute(f"ANALYZE {table}")
    env["kpb.purchase"]._fill_ladder()
    env["kpb.followup"]._fill_first_times()
    env["res.partner"]._fill_kpb_customer()


def begin_episodes(env):
    """Note since when units are at risk or LOST, also those of an earlier load anew."""
    env.cr.execute("DELETE FROM kpb_lost_episode")
    env["kpb.lost.episode"]._fill_from_standing()


def load(env, purchases, due=0, years=5, branches=40, history=True):
    """Add units with their history; commits.

    :param int purchases: how many units
    :param int due: so many of them have a call that is due today
    :param int years: sold over so many years until yesterday
    :param int branches: in so many branches
    :param bool history: whether what came before is there: follow-ups, attempts, visits
    :return: table → number of rows it has now
    """
    places = add_people(env, branches)
    products = add_products(env)
    env.flush_all()
    env.cr.commit()
    add_dice(env.cr)
    env.cr.execute("DROP TABLE IF EXISTS bench_unit, bench_call, bench_visit")
    with in_bulk(env.cr, *TABLES):
        add_units(env, purchases, due, years * 365, places, products)
        if history:
            add_calls(env)
        fill_columns(env)
    begin_episodes(env)
    env.invalidate_all()
    sizes = {}
    for table in TABLES:
        env.cr.execute(f"ANALYZE {table}")
        env.cr.execute(f"SELECT count(*) FROM {table}")
        sizes[table] = env.cr.fetchone()[0]
    env.cr.commit()
    return sizes


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("conf")
    parser.add_argument("database")
    parser.add_argument("--purchases", type=int, default=20_000)
    parser.add_argument("--due", type=int, default=0)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--branches", type=int, default=40)
    parser.add_argument("--no-history", action="store_false", dest="history")
    options = parser.parse_args()
    begun = time.monotonic()
    with superuser(options.conf, options.database) as env:
        sizes = load(
            env,
            options.purchases,
            options.due,
            options.years,
            options.branches,
            options.history,
        )
    for table, rows in sizes.items():
        print(f"  {table:<14}{rows:>12,}")
    print(f"  {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
