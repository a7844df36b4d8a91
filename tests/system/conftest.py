"""What the system tests stand on. `./setup/test --part system` prepares it and tells it here:

KPB_PYTHON, ODOO_HOME     the interpreter and the folder of the odoo package
KPB_CONF                  an Odoo configuration whose database is the template
KPB_TEMPLATE_DATABASE     a database with the addon and its demo data; never work on it, copy it
KPB_TEST_PREFIX           names that begin so are thrown away at the end of the run
PGHOST, PGPORT, PGUSER    the server
"""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import psycopg2
import pytest

CHECKOUT = Path(__file__).parents[2]


def pytest_collection_modifyitems(items):
    if items and "KPB_TEMPLATE_DATABASE" not in os.environ:
        pytest.exit("The system tests need a set-up: run ./setup/test --part system", returncode=2)


@pytest.fixture(scope="session")
def free_port():
    """A function that gives a port on which nothing listens."""

    def find():
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            return listener.getsockname()[1]

    return find


@pytest.fixture(scope="session")
def query():
    """A function that runs one SQL statement in a database and gives the rows."""

    def run(database, statement, *values):
        connection = psycopg2.connect(dbname=database)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    return run


@pytest.fixture(scope="module")
def database_name(request, query):
    """A name for a database of this test module; whatever has that name is dropped afterwards."""
    name = f"{os.environ['KPB_TEST_PREFIX']}_{request.module.__name__.rpartition('.')[2][5:35]}"
    yield name
    query("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def database(query):
    """A fresh copy of the template, with its files; gives the name."""
    template = os.environ["KPB_TEMPLATE_DATABASE"]
    name = f"{os.environ['KPB_TEST_PREFIX']}_copy"
    filestore = Path(os.environ["KPB_STATE"], "data", "filestore")
    query("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    query("postgres", f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    shutil.copytree(filestore / template, filestore / name, copy_function=os.link)
    yield name
    query("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(filestore / name)


@pytest.fixture
def start_odoo(database):
    """A function that starts an Odoo process on `database` with more arguments; ended at the end.

    The process gets standard input from `script` (a Python text), for `shell`.
    """
    started = []

    def start(*arguments, command=(), **options):
        process = subprocess.Popen(
            [
                os.environ["KPB_PYTHON"], "-m", "odoo", *command,
                "--config", os.environ["KPB_CONF"], "--database", database,
                "--db-filter", f"^{database}$", *map(str, arguments),
            ],
            env=os.environ | {"PYTHONPATH": os.environ["ODOO_HOME"]},
            cwd=CHECKOUT,
            **options,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
