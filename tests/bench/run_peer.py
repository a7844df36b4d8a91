"""Runs one peer once in a process of its own, so that its memory can be told; prints JSON.

    run_peer.py CONF DATABASE PEER SAMPLE

The last line of the output is a JSON object: ``peer milestones seconds python_seconds
database_seconds queries peak_mb``. What the peer before has left is taken away first; ``sql``
reads the rows of ``addon`` before that, and writes them again.
"""

import json
import sys

import peers
import state
from meter import measured
from opening import superuser


def run(env, peer, sample):
    """Run a peer on the remembered state; returns its figures."""
    written = peers.read_rows(env.cr) if peer == "sql" else None
    state.restore(env.cr)
    units = peers.due_units(env, sample if peer in peers.SAMPLED else None)
    units.mapped("next_milestone_id.name")
    if peer == "automation":
        peers.add_rule(env, units)
        env.cr.commit()
    work = getattr(peers, peer)
    with measured(env.cr) as figures:
        work(env, written if peer == "sql" else units)
    if peer == "automation":
        env["base.automation"].search([]).unlink()
        env.cr.commit()
    return {"peer": peer, "milestones": len(units), **figures}


def main(conf, database, peer, sample):
    with superuser(conf, database) as env:
        print(json.dumps(run(env, peer, int(sample))))


if __name__ == "__main__":
    main(*sys.argv[1:])
