"""What the system tests stand on. `./setup/test --part system` prepares it and tells it here:

KPB_PYTHON, ODOO_HOME     the interpreter and the folder of the odoo package
KPB_CONF                  an Odoo configuration whose database is the template
KPB_TEMPLATE_DATABASE     a database with the addon and its demo data; never work on it, copy it
KPB_TEST_PREFIX           names that begin so are thrown away at the end of the run
KPB_QUEUE_JOB             a folder with OCA's queue_job, or nothing
KPB_LONG                  1: the whole battery instead of a short one (about 4 hours)
KPB_FIGURES               a file that figures of the battery are added to, one JSON object a line
PGHOST, PGPORT, PGUSER    the server
"""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import psycopg2
import pytest
from cluster import Cluster
from crew import LONG, Crew

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


#: Units of the battery: with the many, 2,000 calls are due (10,000 in the long run).
FEW, MANY = 240, 6_600 if LONG else 1_320


@pytest.fixture(scope="session")
def whole_crew():
    """Workers, with two states of a database to begin from: `few` and `many` calls are due."""
    prefix = os.environ["KPB_TEST_PREFIX"]
    crew = Crew(f"{prefix}_crew", os.environ["KPB_TEMPLATE_DATABASE"])
    crew.few, crew.many = f"{prefix}_few", f"{prefix}_many"
    try:
        crew.ask("UPDATE ir_cron SET active = false WHERE cron_name NOT LIKE 'KPB: %%'")
        crew.ask("UPDATE ir_cron SET nextcall = now() + interval '1 day'")
        for state, number in ((crew.few, FEW), (crew.many, MANY)):
            crew.add_units(number)
            crew.keep(state)
        yield crew
    finally:
        crew.close()
        crew.drop(crew.few)
        crew.drop(crew.many)


@pytest.fixture
def few(whole_crew):
    """The crew, a few hundred calls due."""
    whole_crew.reset(whole_crew.few)
    return whole_crew


@pytest.fixture
def many(whole_crew):
    """The crew, thousands of calls due."""
    whole_crew.reset(whole_crew.many)
    return whole_crew


@pytest.fixture(scope="session")
def cluster():
    """A PostgreSQL server of the tests' own, which may be stopped and restarted at will."""
    server = Cluster("own", Path(os.environ["KPB_STATE"], "own-cluster"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def own_crew(cluster, whole_crew):
    """Workers on the tests' own server; `few` and `many` as in `whole_crew`."""
    name = f"{os.environ['KPB_TEST_PREFIX']}_own"
    few, many = f"{name}_few", f"{name}_many"
    cluster.take(whole_crew.few, few)
    cluster.take(whole_crew.many, many)
    crew = Crew(name, few, cluster.environment)
    crew.few, crew.many = few, many
    yield crew
    crew.close()
