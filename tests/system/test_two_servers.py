"""Two Odoo servers with worker processes, a primary and a streaming replica, on one machine.

The work of one large catch-up is shared by both servers, each call is made once, and lists are
read from the replica.
"""

import json
import re
import subprocess
import urllib.error
import urllib.request
from http.cookiejar import CookieJar

import psycopg2
import pytest
from crew import execute, report, wait_for

POINTERS = "SELECT id, next_followup_date FROM kpb_purchase"
#: How many units each of the actions that share the generation has handled.
DONE = """
    SELECT c.cron_name, sum(p.done) FROM ir_cron_progress p JOIN ir_cron c ON c.id = p.cron_id
     WHERE c.cron_name LIKE 'KPB: helper%' OR c.cron_name LIKE 'KPB: generate%'
     GROUP BY 1 HAVING sum(p.done) > 0
"""


class Server:
    """An Odoo server with two web workers and one cron worker."""

    def __init__(self, crew, cluster, port, gevent_port, log):
        self.url, self.log, self.database = f"http://127.0.0.1:{port}", log, crew.name
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.output = log.open("w")
        self.process = subprocess.Popen(
            crew.odoo(
                "--workers", 2, "--max-cron-threads", 1, "--http-port", port,
                "--gevent-port", gevent_port, "--db_replica_host", cluster.replica["host"],
                "--db_replica_port", cluster.replica["port"],
            ),
            env=crew.odoo_environment,
            stdout=self.output,
            stderr=subprocess.STDOUT,
        )  # fmt: skip

    def call(self, path, **params):
        """Send one JSON-RPC request; gives the result."""
        request = urllib.request.Request(
            self.url + path,
            json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode(),
            {"Content-Type": "application/json"},
        )
        with self.opener.open(request, timeout=60) as answer:
            found = json.load(answer)
        assert "error" not in found, found
        return found["result"]

    def answers(self):
        try:
            with urllib.request.urlopen(self.url + "/web/health", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def health(self):
        """The status that monitoring sees."""
        try:
            with urllib.request.urlopen(f"{self.url}/kpb/health", timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as refusal:
            return refusal.code

    def actions(self):
        """Which scheduled actions of ours have run here."""
        return set(re.findall(r"Job '(KPB: [^']+)' \(\d+\) starting", self.log.read_text()))

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=60)
        self.output.close()


@pytest.fixture
def servers(own_crew, cluster, free_port, tmp_path):
    """Two servers that have begun to serve; the calls become due when they are up."""
    own_crew.reset(own_crew.many)
    own_crew.ask("UPDATE ir_cron SET nextcall = now() + interval '1 day'")
    cluster.start_replica()
    wait_for(lambda: follows(cluster), 120)
    started = [
        Server(own_crew, cluster, free_port(), free_port(), tmp_path / f"{number}.log")
        for number in (1, 2)
    ]
    try:
        for server in started:
            wait_for(server.answers, 300)
        yield started
    finally:
        for server in started:
            server.stop()


def plate_of(server, unit):
    """What a list shows, as the web client asks for it."""
    found = server.call(
        "/web/dataset/call_kw/kpb.purchase/web_search_read",
        model="kpb.purchase",
        method="web_search_read",
        args=[],
        kwargs={"domain": [["id", "=", unit]], "specification": {"license_plate": {}}},
    )
    return found["records"][0]["license_plate"]


@pytest.mark.slow
def test_work_is_shared_once_and_lists_come_from_the_replica(servers, own_crew, cluster):
    before = dict(own_crew.ask(POINTERS))
    own_crew.call_generation()
    execute("postgres", "SELECT pg_notify('cron_trigger', %s)", own_crew.name, **cluster.server)
    wait_for(lambda: not own_crew.broken(), 600)
    after = dict(own_crew.ask(POINTERS))
    due = sum(after[unit] != day for unit, day in before.items())
    done = dict(own_crew.ask(DONE))
    shares = [{name: done[name] for name in server.actions() & done.keys()} for server in servers]
    assert len(done) > 1, "more than one worker had a part in it"
    assert all(shares), (shares, done)
    assert sum(done.values()) == due, "each unit was handled once"
    for server in servers:
        wait_for(lambda server=server: server.health() == 200)
    report(test="two servers", due=due, shares=shares)

    # lists: what the primary knows and the replica does not is not shown
    server = servers[0]
    server.call("/web/session/authenticate", db=own_crew.name, login="admin", password="admin")
    unit = own_crew.ask("SELECT min(id) FROM kpb_purchase")[0][0]
    wait_for(lambda: caught_up(cluster))
    shown = plate_of(server, unit)
    execute(own_crew.name, "SELECT pg_wal_replay_pause()", **cluster.replica)
    try:
        own_crew.ask("UPDATE kpb_purchase SET license_plate = 'D 1 BARU' WHERE id = %s", unit)
        assert plate_of(server, unit) == shown != "D 1 BARU"
    finally:
        execute(own_crew.name, "SELECT pg_wal_replay_resume()", **cluster.replica)
    wait_for(lambda: plate_of(server, unit) == "D 1 BARU")

    # a person writes, and reads what he wrote
    server.call(
        "/web/dataset/call_kw/kpb.purchase/web_save",
        model="kpb.purchase",
        method="web_save",
        args=[[unit], {"license_plate": "D 2 LAGI"}],
        kwargs={"specification": {"license_plate": {}}},
    )
    wait_for(lambda: plate_of(servers[0], unit).replace(" ", "") == "D2LAGI")


def follows(cluster):
    """Whether the replica can be read: a server that asks it before that leaves it for 20 minutes.

    The primary does not know; it also lists the copy that the replica begins with.
    """
    try:
        return execute("postgres", "SELECT 1 FROM pg_stat_wal_receiver", **cluster.replica)
    except psycopg2.OperationalError:
        return False


def caught_up(cluster):
    """Whether the replica has replayed all that the primary has written."""
    lag = execute(
        "postgres",
        "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) FROM pg_stat_replication",
        **cluster.server,
    )
    return bool(lag) and lag[0][0] == 0
