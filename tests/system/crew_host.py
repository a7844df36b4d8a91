"""A process that loads Odoo once and forks workers from it, as Odoo's own server does.

    python crew_host.py CONF DATABASE

Reads one JSON command a line from standard input and answers with JSON lines. Each worker is a
process with connections of its own; the faults it is to have are wrapped around the addon's
methods in that process only. The addon itself knows nothing of this.
"""

import json
import logging
import os
import random
import signal
import sys
import time
import traceback

from due_units import add_units
from faults import FAULTS

import odoo.sql_db
import odoo.tools
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying

from odoo.addons.base.models.ir_cron import IrCron


def tell(**answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def run_method(registry, database, command):
    """Call the job's method as if its lock had been lost: nothing but the addon itself helps."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        model, method = command["call"]
        getattr(env[model], method)()
        cr.commit()
    return {}


def run_scheduler(registry, database, command):
    """Do what one cron thread does: every scheduled action that is ready, until none is."""
    until = time.monotonic() + command["seconds"]
    while time.monotonic() < until:
        IrCron._process_jobs(database)
        with registry.cursor() as cr:
            if not IrCron._get_all_ready_jobs(cr):
                break
    return {}


def run_user(registry, database, command):
    """Write units at a pace, each write a request of its own with the retries Odoo gives it."""
    written, failures, number = {}, 0, 0
    begun = time.monotonic()
    while time.monotonic() - begun < command["seconds"]:
        purchase = random.choice(command["units"])
        plate = f"D {os.getpid()} {number}"
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            unit = env["kpb.purchase"].browse(purchase)
            try:
                retrying(lambda unit=unit, plate=plate: unit.write({"license_plate": plate}), env)
                cr.commit()
                written[purchase] = plate
            except Exception:  # noqa: BLE001 - told
                failures += 1
        number += 1
        time.sleep(max(0, begun + number / command["pace"] - time.monotonic()))
    return {"written": written, "failures": failures, "writes": number}


RUNS = {"method": run_method, "scheduler": run_scheduler, "user": run_user}


def work(registry, database, command, gate, place):
    """One worker, from its fork to its end; never returns."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    random.seed()
    if command.get("chunk"):
        from odoo.addons.daya_kpb_followup.models import kpb_job

        kpb_job.CHUNK = command["chunk"]
    for fault in command.get("faults", ()):
        FAULTS[fault["name"]](registry, **fault.get("with", {}))
    counted = count_retries()
    os.read(gate, 1)
    begun = time.monotonic()
    answer, code = {}, 0
    try:
        answer = RUNS[command["run"]](registry, database, command)
    except BaseException as error:  # noqa: BLE001 - told
        answer, code = {"error": f"{type(error).__name__}: {error}"[:500]}, 1
        if command.get("trace"):
            traceback.print_exc()
    tell(worker=os.getpid(), place=place, seconds=time.monotonic() - begun, **counted, **answer)
    os._exit(code)


def count_retries():
    """Count how often a conflict with another transaction was tried again."""
    from odoo.addons.daya_kpb_followup.models import kpb_job

    counted = {"retries": 0, "slowest": 0.0}
    sleep = kpb_job.time.sleep

    class Clock:
        monotonic = staticmethod(kpb_job.time.monotonic)

        @staticmethod
        def sleep(seconds):
            counted["retries"] += 1
            sleep(seconds)

    kpb_job.time = Clock
    next_size = kpb_job.KpbJob._next_size

    def _next_size(self, count, seconds):
        counted["slowest"] = max(counted["slowest"], seconds)
        return next_size(self, count, seconds)

    kpb_job.KpbJob._next_size = _next_size
    return counted


def fork(registry, database, commands):
    """Fork a worker for each command, let them begin together, wait until all have ended."""
    odoo.sql_db.close_all()
    gate, opener = os.pipe()
    pids = []
    for place, command in enumerate(commands):
        pid = os.fork()
        if not pid:
            os.close(opener)
            work(registry, database, command, gate, place)
        pids.append(pid)
    os.close(gate)
    tell(pids=pids)
    time.sleep(0.05)
    os.write(opener, b"." * len(pids))
    os.close(opener)
    ended = {}
    for pid in pids:
        ended[pid] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    tell(ended=ended)


def main():
    conf, database = sys.argv[1:]
    odoo.tools.config.parse_config(
        ["--config", conf, "--database", database, "--no-http", "--workers", "0",
         "--log-level", "critical", "--max-cron-threads", "0"],
        setup_logging=True,
    )  # fmt: skip
    logging.getLogger("odoo").setLevel(logging.CRITICAL)
    registry = Registry(database)
    tell(ready=os.getpid())
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "units":
            with registry.cursor() as cr:
                add_units(api.Environment(cr, SUPERUSER_ID, {}), command["number"])
            odoo.sql_db.close_all()
            tell(done=True)
        else:
            fork(registry, database, command["workers"])


if __name__ == "__main__":
    main()
