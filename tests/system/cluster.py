"""A PostgreSQL server of the tests' own, with a replica, made by what ``setup`` has for that."""

import os
import subprocess
from pathlib import Path

SETUP = Path(__file__).parents[2] / "setup" / "lib"
PRELUDE = """
set -euo pipefail
COMMAND=tests/system say_steps_total=0
unset PGHOST PGPORT PGUSER PGPASSWORD
for part in say places machine postgres; do . "{setup}/$part.sh"; done
make_places
cluster_places {name}
ports() {{
    printf -- "-c listen_addresses= -c unix_socket_directories=$CLUSTER_SOCKET"
    printf -- " -c unix_socket_permissions=0700 -c port=$1 {settings}"
}}
"""
#: Runs in the foreground for as long as the replica lives.
FOLLOW = """
rm -rf "$CLUSTER/replica"
as_postgres env PATH="$(cluster_bin):$PATH" PGDATA="$CLUSTER/replica" PGHOST="$CLUSTER_SOCKET" \\
    PGPORT=5432 PGUSER=odoo bash -s -- $(ports 5433) <"{setup}/../docker/replica.sh"
"""
#: Quick rather than durable: the machine itself does not fall over in these tests.
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=100")
PRIMARY, REPLICA = "5432", "5433"


class Cluster:
    """A primary, and a streaming replica when it is asked for; listens on a socket only."""

    def __init__(self, name, state):
        """Make and start it.

        :param str name: short; the socket's path has little room
        :param Path state: a folder that the system user of PostgreSQL can enter
        """
        self.name, self.state, self.follower = name, Path(state), None
        self.state.mkdir(parents=True, exist_ok=True)
        places = self.bash(
            f"start_postgres {name} {' '.join(SETTINGS)}; echo $CLUSTER; echo $CLUSTER_SOCKET;"
            " cluster_bin"
        ).splitlines()[-3:]
        self.folder, self.socket, self.programs = map(Path, places)

    @property
    def environment(self):
        """What leads libpq here."""
        return {"PGHOST": str(self.socket), "PGPORT": PRIMARY, "PGUSER": "odoo"}

    @property
    def server(self):
        return {"host": str(self.socket), "port": PRIMARY}

    @property
    def replica(self):
        return {"host": str(self.socket), "port": REPLICA}

    def bash(self, script):
        done = subprocess.run(
            ["bash", "-c", self.prelude() + script],
            env=os.environ | {"KPB_STATE_DIR": str(self.state)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def take(self, database, name):
        """Take a database over from the server that the tests were given."""
        subprocess.run(
            ["createdb", name], env=os.environ | self.environment, check=True, capture_output=True
        )
        with subprocess.Popen(
            [self.programs / "pg_dump", "--format", "custom", "--compress", "0", database],
            stdout=subprocess.PIPE,
        ) as dump:
            subprocess.run(
                [self.programs / "pg_restore", "--no-owner", "--dbname", name],
                env=os.environ | self.environment,
                stdin=dump.stdout,
                check=True,
                capture_output=True,
            )
        assert dump.returncode == 0

    def restart(self, mode):
        """Restart the primary.

        :param str mode: "fast" ends every connection, "immediate" is as if the power had failed
        """
        self.bash(
            'as_postgres "$(cluster_bin)/pg_ctl" restart --wait --pgdata "$CLUSTER/data"'
            f' --mode {mode} --log "$CLUSTER/server.log" --options "$(ports {PRIMARY})"'
            " </dev/null >/dev/null"
        )

    def start_replica(self):
        """Let the containers' own script copy the primary and follow it."""
        with Path(self.state, "log", "replica.log").open("w") as log:
            self.follower = subprocess.Popen(
                ["bash", "-c", self.prelude() + FOLLOW.format(setup=SETUP)],
                env=os.environ | {"KPB_STATE_DIR": str(self.state)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def prelude(self):
        settings = " ".join(f"-c {setting}" for setting in SETTINGS)
        return PRELUDE.format(setup=SETUP, name=self.name, settings=settings)

    def stop(self):
        """Stop both and take the files away."""
        self.bash(
            'for part in replica data; do as_postgres "$(cluster_bin)/pg_ctl" stop --mode immediate'
            ' --pgdata "$CLUSTER/$part" </dev/null >/dev/null 2>&1 || true; done'
        )
        if self.follower:
            self.follower.wait(timeout=60)
        self.bash('rm -rf "$CLUSTER"')
