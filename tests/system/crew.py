"""Workers for the battery, and databases for them to work on: see ``crew_host.py``."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
from oracle import BATTERY, broken

HOST = Path(__file__).with_name("crew_host.py")
GENERATION = "KPB: generate what is due"
LONG = os.environ.get("KPB_LONG") == "1"


def execute(database, statement, *values, **server):
    """Run one statement on its own; gives the rows."""
    connection = psycopg2.connect(dbname=database, **server)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


class Crew:
    """A host process, and the database its workers work on, which is made anew from a state."""

    def __init__(self, name, template, environment=None):
        """Start the host on a copy of a database.

        :param str name: of the database to work on
        :param str template: the database that it is a copy of
        :param dict environment: where the server is, when it is another one
        """
        self.name, self.template, self.is_busy = name, template, False
        self.environment = os.environ | (environment or {})
        self.filestore = Path(os.environ["KPB_STATE"], "data", "filestore")
        self.reset(template)
        self.odoo_environment = self.environment | {"PYTHONPATH": os.environ["ODOO_HOME"]}
        self.process = subprocess.Popen(
            [os.environ["KPB_PYTHON"], str(HOST), os.environ["KPB_CONF"], name],
            env=self.odoo_environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert "ready" in self.listen()

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.drop(self.name)

    # the host
    def listen(self):
        line = self.process.stdout.readline()
        assert line, "the host of the crew has ended"
        return json.loads(line)

    def order(self, **command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def add_units(self, number):
        """Add units of the battery until there are so many."""
        self.order(do="units", number=number)
        assert self.listen()["done"]

    def start(self, *workers):
        """Let workers begin together; gives their process ids."""
        self.order(do="fork", workers=workers)
        self.is_busy = True
        return self.listen()["pids"]

    def finish(self):
        """Wait for all workers; gives (what each has told by its place, exit codes)."""
        told = {}
        while "ended" not in (answer := self.listen()):
            told[answer["place"]] = answer
        self.is_busy = False
        return told, list(answer["ended"].values())

    def run(self, *workers):
        self.start(*workers)
        return self.finish()

    def odoo(self, *arguments):
        """The command line of an Odoo process on the database."""
        return [
            os.environ["KPB_PYTHON"], HOST.with_name("odoo_bin.py"),
            "--config", os.environ["KPB_CONF"], "--database", self.name,
            "--db-filter", f"^{self.name}$", *map(str, arguments),
        ]  # fmt: skip

    # the database
    def ask(self, statement, *values):
        return execute(self.name, statement, *values, **self.server)

    def broken(self, *, is_complete=True):
        """What breaks the invariants; see ``oracle``."""
        return broken(self.name, is_complete=is_complete, **self.server)

    def call_generation(self):
        """Let the next scheduler start the generation."""
        self.ask(f"UPDATE ir_cron SET nextcall = now() WHERE cron_name = '{GENERATION}'")

    def units(self):
        """The ids of the battery's units that are due, in the order of their generation."""
        rows = self.ask(
            "SELECT id FROM kpb_purchase WHERE chassis_number LIKE %s"
            " AND next_followup_date <= current_date ORDER BY next_followup_date, id",
            f"{BATTERY}%",
        )
        return [number for (number,) in rows]

    def calls(self):
        """How many follow-ups the battery's units have."""
        return self.ask(
            "SELECT count(*) FROM kpb_followup f JOIN kpb_purchase p ON p.id = f.purchase_id"
            " WHERE p.chassis_number LIKE %s",
            f"{BATTERY}%",
        )[0][0]

    @property
    def server(self):
        return {"host": self.environment.get("PGHOST"), "port": self.environment.get("PGPORT")}

    def reset(self, state):
        """Throw the database away and copy it from a state."""
        if self.is_busy:  # a test has ended before its workers
            self.finish()
        self.drop(self.name)
        self.copy(state, self.name)

    def keep(self, state):
        """Keep the database as it is, as a state to come back to."""
        self.drop(state)
        self.copy(self.name, state)

    def copy(self, source, target):
        execute("postgres", f'CREATE DATABASE "{target}" TEMPLATE "{source}"', **self.server)
        if (self.filestore / source).exists():
            shutil.copytree(self.filestore / source, self.filestore / target, copy_function=os.link)

    def drop(self, name):
        execute("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', **self.server)
        shutil.rmtree(self.filestore / name, ignore_errors=True)


def generation(**options):
    """A worker that runs the generation as if its lock were lost."""
    return {"run": "method", "call": ["kpb.generator", "_cron_generate"], **options}


def scheduler(seconds=60, **options):
    """A worker that does what a cron thread of a server does."""
    return {"run": "scheduler", "seconds": seconds, **options}


def wait_for(condition, seconds=30):
    """Wait until something is so; gives it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not so after {seconds} s")


def report(**figures):
    """Write figures of a long run where they can be read afterwards."""
    if path := os.environ.get("KPB_FIGURES"):
        with Path(path).open("a") as file:
            file.write(json.dumps(figures) + "\n")
    sys.stdout.write(json.dumps(figures) + "\n")
