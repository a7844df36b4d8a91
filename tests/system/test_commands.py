"""The two commands as a person meets them: what they say, and that nothing is done twice."""

import os
import re
import resource
import signal
import socket
import subprocess
import time
import urllib.request

import pytest
from conftest import CHECKOUT

RUN = CHECKOUT / "setup" / "run"
TEST = CHECKOUT / "setup" / "test"
BENCH = CHECKOUT / "setup" / "bench"
QUICK = 30  # seconds for a command that refuses
PATIENCE = 900  # seconds until a server must answer, also on a busy machine
WARM_START = 20  # seconds, the promise; counted as processor time, whatever else the machine does


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    return tmp_path_factory.mktemp("state")


@pytest.fixture
def refuse(state):
    """A function that runs a command which must refuse; gives its one sentence."""

    def run(*command, **environment):
        result = subprocess.run(
            [str(part) for part in command],
            env=os.environ | {"KPB_STATE_DIR": str(state)} | environment,
            capture_output=True,
            text=True,
            timeout=QUICK,
            check=False,
        )
        assert result.returncode == 1, result.stdout + result.stderr
        sentence = result.stderr.strip().splitlines()[-1]
        assert re.match(r"setup/(run|test|bench): .+\.$", sentence), result.stderr
        return sentence

    return run


@pytest.mark.parametrize("command", [RUN, TEST, BENCH])
def test_help_names_every_option(command):
    text = subprocess.run([command, "--help"], capture_output=True, text=True, check=True).stdout
    options = command.read_text().split("while (($#))")[1].split("done")[0]
    assert set(re.findall(r"--[a-z]+", options)) == set(re.findall(r"--[a-z]+", text))
    assert {"ODOO_SRC", "PGHOST"} <= set(re.findall(r"[A-Z_]{4,}", text))


def test_port_taken(refuse):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert f"port {port} is taken" in refuse(RUN, "--port", port)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "http"], "no port number"),
        (["--port"], "needs a value"),
        (["--db", "Daya Motor"], "no good name"),
        (["--quick"], "unknown option --quick"),
    ],
)
def test_wrong_arguments(refuse, arguments, words):
    assert words in refuse(RUN, *arguments)


def test_unknown_part(refuse):
    assert "there is no part rockets" in refuse(TEST, "--part", "rockets")


@pytest.mark.parametrize("command", [RUN, TEST, BENCH])
def test_unsupported_system(refuse, tmp_path, command):
    release = tmp_path / "os-release"
    release.write_text('ID=fedora\nVERSION_ID=43\nPRETTY_NAME="Fedora Linux 43"\n')
    assert "Fedora Linux 43 is not supported" in refuse(command, KPB_OS_RELEASE=str(release))


def test_disk_full(refuse, free_port):
    sentence = refuse(RUN, "--port", free_port(), KPB_SPACE_NEEDED_MB="99999999")
    assert "full" in sentence
    assert "99999999 MB are needed" in sentence


def test_no_network(refuse, free_port, tmp_path):
    nowhere = f"http://127.0.0.1:{free_port()}"
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), nowhere)
    sentence = refuse(
        RUN, "--port", free_port(), XDG_CACHE_HOME=str(tmp_path), ODOO_SRC="", **proxies
    )
    assert "no network" in sentence
    assert not list(tmp_path.glob("*/odoo-19"))


def test_wrong_odoo(refuse, free_port, tmp_path):
    assert "holds no Odoo" in refuse(RUN, "--port", free_port(), ODOO_SRC=str(tmp_path))


def test_unreachable_server(refuse, free_port):
    sentence = refuse(RUN, "--port", free_port(), PGHOST="127.0.0.1", PGPORT=str(free_port()))
    assert "does not let us in" in sentence


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        (None, "was not made by this command"),
        ("daya-kpb-followup checkout=ffffffff installed=1", "belongs to another checkout"),
    ],
)
def test_database_of_somebody_else(refuse, query, free_port, mark, words):
    name = f"{os.environ['KPB_TEST_PREFIX']}_foreign"
    query("postgres", f'CREATE DATABASE "{name}"')
    try:
        query("postgres", f'COMMENT ON DATABASE "{name}" IS %s', mark)
        for extra in ((), ("--reset",)):
            assert words in refuse(RUN, "--port", free_port(), "--db", name, *extra)
        assert query(name, "SELECT 1")
    finally:
        query("postgres", f'DROP DATABASE "{name}"')


class Served:
    """One run of setup/run until it answers."""

    def __init__(self, state, database, port):
        self.begun = time.monotonic()
        self.url = f"http://127.0.0.1:{port}/web/login"
        self.log = state / f"output-{port}.txt"
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [str(RUN), "--port", str(port), "--db", database],
                env=os.environ | {"KPB_STATE_DIR": str(state)},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while not self.answers():
            waited = time.monotonic() - self.begun
            if waited > PATIENCE or self.process.poll() is not None:
                self.kill()
                raise AssertionError(f"no answer after {waited:.0f} s\n{self.text}")
            time.sleep(0.3)

    def answers(self):
        try:
            with urllib.request.urlopen(self.url, timeout=60) as answer:
                return answer.status == 200
        except OSError:
            return False

    @property
    def text(self):
        return self.log.read_text()

    def interrupt(self):
        """What Ctrl-C does; gives the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(timeout=30)

    def kill(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture
def serve(state, database_name):
    """A function that starts setup/run on a port and waits until it answers."""
    started = []

    def start(port):
        started.append(Served(state, database_name, port))
        return started[-1]

    yield start
    for served in started:
        served.kill()


COUNTS = """
    SELECT (SELECT count(*) FROM kpb_purchase), (SELECT count(*) FROM kpb_followup),
           (SELECT count(*) FROM mail_activity), (SELECT count(*) FROM kpb_import)
"""


def processor_seconds():
    """Seconds that ended child processes, and theirs, have kept a processor busy."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.slow
def test_run_twice_does_nothing_twice(serve, database_name, query, free_port):
    mark = subprocess.run(
        ["bash", "-c", f". {CHECKOUT}/setup/lib/places.sh; echo $CHECKOUT_ID"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    # An installation that was interrupted half-way: ours, never completed.
    query("postgres", f'CREATE DATABASE "{database_name}"')
    query(
        "postgres",
        f'COMMENT ON DATABASE "{database_name}" IS %s',
        f"daya-kpb-followup checkout={mark}",
    )

    port = free_port()
    first = serve(port)
    counts = query(database_name, COUNTS)
    assert first.interrupt() == 0
    assert "throwing the old one away" in first.text
    rows = re.search(r"(\d+) rows read: (\d+) created, .* (\d+) rejected \(done\)", first.text)
    assert rows, first.text
    assert int(rows[1]) >= 300
    open_followups = int(re.search(r"(\d+) in all", first.text)[1])
    assert open_followups > 0
    assert first.text.count("administrator") + first.text.count("Administrator") == 1

    before = processor_seconds()
    second = serve(port)
    assert second.interrupt() == 0
    assert processor_seconds() - before < WARM_START
    assert "nothing to do" in second.text
    assert "was imported before" in second.text
    assert "generation: 0 follow-ups created" in second.text
    assert f"{open_followups} in all" in second.text
    assert query(database_name, COUNTS) == counts
