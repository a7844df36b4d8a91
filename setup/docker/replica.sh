#!/bin/bash
# The replica of docker-compose.yml: copies the primary at its first start, then follows it. The
# primary and the password come in the usual PG… variables, the folder in PGDATA; arguments are
# PostgreSQL's.
set -euo pipefail

if [[ ! -s $PGDATA/PG_VERSION ]]; then
    # The primary is healthy by now, but may be restarting: a copy that fails leaves nothing behind.
    for _try in 1 2 3 4 5; do
        pg_basebackup --pgdata "$PGDATA" --write-recovery-conf --wal-method stream \
            --checkpoint fast --no-password && break
        sleep 2
    done
    chmod 700 "$PGDATA"
fi
exec postgres -D "$PGDATA" "$@"
