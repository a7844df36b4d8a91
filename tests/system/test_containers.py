"""The containers' start script, run as the containers run it, only without the containers."""

import os
import subprocess
import time
from contextlib import contextmanager

import pytest
from conftest import CHECKOUT

START = CHECKOUT / "setup" / "docker" / "start.sh"


@pytest.fixture
def container(database, tmp_path, free_port):
    """The environment of a container: its commands, its folders, its database."""
    commands = tmp_path / "bin"
    commands.mkdir()
    python = os.environ["KPB_PYTHON"]
    for name, line in {
        "odoo": f'{python} -m odoo "$@"',
        "python3": f'{python} "$@"',
        "curl": f'{python} {CHECKOUT}/setup/lib/answers.py "${{@: -1}}"',
    }.items():
        (commands / name).write_text(f"#!/bin/bash\nexec {line}\n")
        (commands / name).chmod(0o755)
    return os.environ | {
        "PATH": f"{commands}:{os.environ['PATH']}",
        "PYTHONPATH": os.environ["ODOO_HOME"],
        "ODOO_DATABASE": database,
        "ODOO_ADMIN_PASSWORD": "long and random",
        "ADDONS_FOLDER": str(CHECKOUT),
        "DATA_FOLDER": f"{os.environ['KPB_STATE']}/data",
        "REQUIREMENTS": str(CHECKOUT / "requirements.txt"),
        "HTTP_INTERFACE": "127.0.0.1",
        "HTTP_PORT": str(free_port()),
    }


def start(environment, verb):
    """Runs one verb to its end; gives exit code and output."""
    result = subprocess.run(
        ["bash", START, verb], env=environment, capture_output=True, text=True, check=False
    )
    return result.returncode, result.stdout + result.stderr


@contextmanager
def running(environment, verb):
    with subprocess.Popen(
        ["bash", START, verb], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=60)


def becomes_healthy(environment, verb, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if start(environment, verb)[0] == 0:
            return True
        time.sleep(0.5)
    return False


def test_unknown_verb(container):
    code, output = start(container, "dance")
    assert code == 2
    assert "prepare, web, cron" in output


def test_an_interrupted_database_is_completed(container, query):
    code, output = start(container, "prepare")
    assert code == 0, output
    [(password,)] = query(
        container["ODOO_DATABASE"], "SELECT password FROM res_users WHERE login = 'admin'"
    )
    assert password.startswith("$pbkdf2")
    assert start(container, "prepare") == (0, "")


def test_an_existing_database_is_updated_once(container, query):
    query(
        "postgres",
        f"""COMMENT ON DATABASE "{container["ODOO_DATABASE"]}" IS 'daya_kpb_followup old'""",
    )
    code, output = start(container, "prepare")
    assert code == 0, output
    assert "Loading module daya_kpb_followup" in output
    assert start(container, "prepare") == (0, "")


def test_web_and_cron_are_two_processes_that_can_be_watched(container):
    assert start(container, "web-is-healthy")[0] != 0
    assert start(container, "cron-is-healthy")[0] != 0
    with running(container, "web"):
        assert becomes_healthy(container, "web-is-healthy")
        assert start(container, "cron-is-healthy")[0] != 0
    with running(container, "cron"):
        assert becomes_healthy(container, "cron-is-healthy")
        assert start(container, "web-is-healthy")[0] != 0
