"""What a piece of work costs: time, processor time, queries, memory."""

import os
import resource
import time
from contextlib import contextmanager
from pathlib import Path

import odoo.sql_db

TICK = os.sysconf("SC_CLK_TCK")


def backend_seconds(cr):
    """Return the processor seconds of all connections to the database; None from elsewhere."""
    cr.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
    total = 0.0
    for (pid,) in cr.fetchall():
        try:
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        total += (int(words[11]) + int(words[12])) / TICK
    return total


@contextmanager
def measured(cr):
    """Measure a block; the dict that it gives is filled at its end.

    ``seconds python_seconds database_seconds queries``; memory is the process's peak so far.
    """
    figures = {}
    before = backend_seconds(cr)
    queries = odoo.sql_db.sql_counter
    processor, wall = time.process_time(), time.perf_counter()
    yield figures
    figures["seconds"] = time.perf_counter() - wall
    figures["python_seconds"] = time.process_time() - processor
    figures["queries"] = odoo.sql_db.sql_counter - queries
    after = backend_seconds(cr)
    known = before is not None and after is not None
    figures["database_seconds"] = after - before if known else None
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
