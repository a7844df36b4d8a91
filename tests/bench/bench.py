"""Measures everything in one run and writes the figures; ``setup/bench`` prepares it.

    bench.py CONF DATABASE FOLDER [--purchases N] [--rounds N] [--sample N] [--repeats N] [--port N]

CONF leads to a server and a database with the addon, base_automation and CRM, and nothing of
value: it is filled. FOLDER gets ``bench.json``. Every measured piece runs in a process of its own.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg2

HERE = Path(__file__).parent
#: As in opening.py, which cannot be read without Odoo.
MAILBOX = "KPB_BENCH_SMTP_PORT"
#: At most so many units are there when "nothing due" is measured for the first time.
FEW = 20_000
#: At most so many milestones are due, and so many records for each other job.
MOST_DUE, JOB_DUE = 10_000, 500
#: A job that so many runs do not finish is measured with what is left.
MOST_RUNS = 20
PEERS = ("schedule", "automation", "batch", "addon", "sql")
JOBS = ("lifecycle", "escalate", "reconcile")
PATIENCE = 120
DURABILITY = ("fsync", "synchronous_commit", "full_page_writes", "wal_level")
SIZES = ("shared_buffers", "work_mem", "max_wal_size", "server_version")


class Bench:
    """One run: where it works, what it has found so far."""

    def __init__(self, options):
        self.options = options
        self.found = {"purchases": options.purchases, "peers": {name: [] for name in PEERS}}

    def run(self, script, *arguments):
        """Run a script of this folder; returns the JSON object that is its last line, if any."""
        command = [sys.executable, "-B", str(HERE / script)]
        where = () if script == "screens.py" else (self.options.conf, self.options.database)
        done = subprocess.run(
            [*command, *map(str, (*where, *arguments))],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        last = (done.stdout.strip().splitlines() or [""])[-1]
        return json.loads(last) if last[:1] in "{[0123456789" and last else None

    @contextmanager
    def mailbox(self):
        """Let a mail server take what the peers send."""
        server = subprocess.Popen(
            [sys.executable, "-B", str(HERE / "mailbox.py")], stdout=subprocess.PIPE, text=True
        )
        os.environ[MAILBOX] = server.stdout.readline().strip()
        try:
            yield
        finally:
            server.terminate()
            server.wait()

    def note(self, text):
        print(f"      {text}", flush=True)

    def fill(self):
        """Load units: a few first, to see whether the cost of nothing follows their number."""
        few = min(FEW, self.options.purchases // 2)
        due = min(MOST_DUE, self.options.purchases // 2)
        self.note(f"{few:,} units")
        self.run("load.py", "--purchases", few)
        self.settle()
        self.found["nothing_due"] = [self.idle(few)]
        self.note(f"{self.options.purchases:,} units, {due:,} of them due")
        self.run("load.py", "--purchases", self.options.purchases - few, "--due", due)
        self.settle()
        self.found["due"] = self.run("state.py", "remember")

    def settle(self):
        """Let the jobs do what the loaded history left them to do; that is not measured."""
        self.run("run_job.py", *JOBS)

    def idle(self, units):
        """Measure generation with nothing due."""
        return {
            "units": units,
            "runs": self.run("run_job.py", *["generate"] * self.options.repeats),
        }

    def compare(self):
        """Run the peers in turn, round after round, each on the same state."""
        for number in range(1, self.options.rounds + 1):
            for peer in PEERS:
                figures = self.run("run_peer.py", peer, self.options.sample)
                self.found["peers"][peer].append(figures)
                each = 1000 * figures["seconds"] / max(figures["milestones"], 1)
                self.note(f"round {number}: {peer:<11}{each:8.2f} ms per milestone")
        self.run("state.py", "restore")

    def jobs(self):
        """Measure each job with something to do and with nothing."""
        self.run("run_job.py", "generate")
        self.found["nothing_due"].append(self.idle(self.options.purchases))
        again = self.options.repeats
        self.found["jobs"] = {}
        for job in JOBS:
            some = min(JOB_DUE, self.options.purchases // 20)
            [due] = self.run("run_job.py", job, "--due", some)
            for _run in range(MOST_RUNS):  # each ends when its time is used up
                if not self.run("run_job.py", job)[0]["handled"]:
                    break
            self.found["jobs"][job] = {"due": due, "idle": self.run("run_job.py", *[job] * again)}

    def reports(self):
        """Read the first screen of each report, as head office and as a branch."""
        self.found["reports"] = self.run("reports.py")

    def screens(self):
        """Ask the screens over HTTP, beside those of Odoo CRM with as many leads."""
        self.note(f"{self.options.purchases:,} leads of Odoo CRM")
        self.run("leads.py", self.options.purchases)
        self.found["rows"] = self.sizes()
        url = f"http://127.0.0.1:{self.options.port}"
        server = subprocess.Popen(
            [
                sys.executable, "-m", "odoo", "--config", self.options.conf,
                "--database", self.options.database, "--db-filter", f"^{self.options.database}$",
                "--http-port", str(self.options.port), "--max-cron-threads", "0",
                "--log-level", "error",
            ]
        )  # fmt: skip
        try:
            self.wait_for(url, server)
            self.found["screens"] = self.run(
                "screens.py", url, self.options.database, max(15, self.options.repeats)
            )
        finally:
            server.terminate()
            server.wait()

    def wait_for(self, url, server):
        begun = time.monotonic()
        while True:
            try:
                with urllib.request.urlopen(f"{url}/web/login", timeout=PATIENCE):
                    return
            except urllib.error.URLError:
                if server.poll() is not None or time.monotonic() - begun > PATIENCE:
                    raise
            time.sleep(0.3)

    def sizes(self):
        """Return table → number of rows."""
        tables = ("kpb_purchase", "kpb_followup", "kpb_attempt", "kpb_visit", "crm_lead")
        counts = {table: self.ask(f"SELECT count(*) FROM {table}") for table in tables}
        counts["open follow-ups"] = self.ask(
            "SELECT count(*) FROM kpb_followup WHERE state IN ('todo', 'appointment')"
        )
        return counts

    def ask(self, question):
        """Return the one value that a SQL statement gives."""
        connection = psycopg2.connect(dbname=self.options.database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(question)
                return cursor.fetchone()[0]
        finally:
            connection.close()

    def machine(self):
        """Note on what it ran; the settings that make writing slow and safe among it."""
        settings = {name: self.ask(f"SHOW {name}") for name in (*DURABILITY, *SIZES)}
        self.found["machine"] = {
            "date": datetime.now(UTC).isoformat(timespec="minutes"),
            "processors": os.cpu_count(),
            "load": os.getloadavg()[0],
            "python": platform.python_version(),
            "postgresql": settings,
        }

    def save(self):
        folder = Path(self.options.folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "bench.json").write_text(json.dumps(self.found, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("conf")
    parser.add_argument("database")
    parser.add_argument("folder")
    parser.add_argument("--purchases", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sample", type=int, default=1_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--port", type=int, required=True)
    bench = Bench(parser.parse_args())
    bench.machine()
    with bench.mailbox():
        for piece in (bench.fill, bench.compare, bench.jobs, bench.reports, bench.screens):
            piece()
            bench.save()


if __name__ == "__main__":
    main()
