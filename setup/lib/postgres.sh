# shellcheck shell=bash
# PostgreSQL: the server named by PGHOST or PGPORT, or a private cluster of this checkout. The
# private one listens on a socket in a folder that only its owner can enter, on no port at all, so
# that two clusters can never meet. After start_postgres the usual PG… variables lead to it.

# postgres_bin: prints the folder of the newest PostgreSQL programs.
postgres_bin() {
    find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -name initdb -printf '%h\n' 2>/dev/null |
        sort --version-sort | tail -n 1
}

# cluster_bin: prints the folder of the programs that fit the data of CLUSTER.
cluster_bin() {
    local version
    version=$(cat "$CLUSTER/data/PG_VERSION" 2>/dev/null) || version=
    if [[ -z $version ]]; then
        postgres_bin
    elif [[ -x /usr/lib/postgresql/$version/bin/pg_ctl ]]; then
        echo "/usr/lib/postgresql/$version/bin"
    fi
}

private_server= # yes: PGHOST and PGPORT are ours
server_is_given() { [[ -n ${PGHOST:-}${PGPORT:-} && -z $private_server ]]; }

# postgres_packages: prints the package that is missing, if any.
postgres_packages() {
    if server_is_given; then
        command -v psql >/dev/null || echo postgresql-client
    elif [[ -z $(postgres_bin) ]]; then
        echo postgresql
    fi
}

# as_postgres COMMAND...: PostgreSQL refuses to run as root.
as_postgres() {
    if [[ $(id -u) == 0 ]]; then
        runuser --user postgres -- "$@"
    else
        "$@"
    fi
}

# cluster_places NAME: sets CLUSTER and CLUSTER_SOCKET. A socket's path has at most 107 characters.
cluster_places() {
    CLUSTER=$KPB_STATE/postgres-$1
    CLUSTER_SOCKET=$CLUSTER/socket
    if ((${#CLUSTER_SOCKET} > 85)); then
        CLUSTER_SOCKET=/tmp/kpb-$(id -u)-$CHECKOUT_ID-$1
    fi
}

# start_postgres NAME [SETTING...]: NAME is run or test; settings are PostgreSQL's, name=value.
start_postgres() {
    if server_is_given; then
        check_given_server
        return
    fi
    unset PGPASSWORD PGSERVICE PGDATABASE PGOPTIONS PGSSLMODE PGHOSTADDR
    cluster_places "$1"
    export PGHOST=$CLUSTER_SOCKET PGPORT=5432 PGUSER=odoo
    private_server=yes
    with_lock "$KPB_STATE/postgres-$1.lock" start_cluster "${@:2}"
}

check_given_server() {
    local log=$KPB_LOGS/postgres.log
    if [[ ${PGUSER:-$(id -un)} == postgres ]]; then
        die "Odoo refuses the database user postgres; name another one, who may create databases, in PGUSER."
    fi
    logged "$log" psql --no-psqlrc --no-password --dbname postgres --command 'SELECT 1' ||
        die "the PostgreSQL server given by PGHOST=${PGHOST:-} PGPORT=${PGPORT:-} does not let us in: $(head -n 1 "$log")."
    [[ $(ask_server "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user") == t ]] ||
        die "the PostgreSQL user ${PGUSER:-$(id -un)} may not create databases; grant it CREATEDB."
    note "server given by PGHOST=${PGHOST:-} PGPORT=${PGPORT:-}"
}

start_cluster() {
    local bin log=$KPB_LOGS/postgres.log settings=() setting
    bin=$(cluster_bin)
    [[ -n $bin ]] ||
        die "the data in $CLUSTER is of a PostgreSQL version that is not installed any more; remove that folder to begin with new data."
    for setting; do settings+=("-c $setting"); done
    if [[ ! -e $CLUSTER/.complete ]]; then
        rm -rf "$CLUSTER"
        mkdir -p "$CLUSTER"
        make_socket_folder
        own "$CLUSTER"
        let_in "$KPB_STATE"
        logged "$log" as_postgres "$bin/initdb" --pgdata "$CLUSTER/data" --username odoo \
            --encoding UTF8 --locale C.UTF-8 --auth trust ||
            die_from_log "$log" "the database cluster cannot be created."
        touch "$CLUSTER/.complete"
    fi
    make_socket_folder
    as_postgres "$bin/pg_ctl" status --pgdata "$CLUSTER/data" >/dev/null 2>&1 && return
    without_locks as_postgres "$bin/pg_ctl" start --pgdata "$CLUSTER/data" --wait --log "$CLUSTER/server.log" \
        --options "-c listen_addresses='' -c unix_socket_directories=$CLUSTER_SOCKET -c unix_socket_permissions=0700 ${settings[*]}" \
        </dev/null >"$log" 2>&1 ||
        die_from_log "$CLUSTER/server.log" "PostgreSQL does not start."
}

make_socket_folder() {
    mkdir -p "$CLUSTER_SOCKET"
    own "$CLUSTER_SOCKET"
}

# own FOLDER: gives it to the user who runs PostgreSQL.
own() {
    if [[ $(id -u) == 0 ]]; then
        chown postgres: "$1"
    fi
    chmod 700 "$1"
}

# let_in FOLDER: the user who runs PostgreSQL must be able to walk to the cluster. Only folders of
# ours are opened for that.
let_in() {
    [[ $(id -u) == 0 ]] || return 0
    chmod o+x "$1"
    [[ -n ${KPB_STATE_DIR:-} ]] || chmod o+x "$(dirname "$1")"
    as_postgres test -x "$1" ||
        die "the system user postgres cannot enter $1; put the state elsewhere with KPB_STATE_DIR."
}

# stop_postgres NAME: stops a private cluster, does nothing when it is not running.
stop_postgres() {
    local bin
    cluster_places "$1"
    bin=$(cluster_bin)
    [[ -n $bin && -e $CLUSTER/.complete ]] || return 0
    as_postgres "$bin/pg_ctl" stop --pgdata "$CLUSTER/data" --mode fast >/dev/null 2>&1 || true
}

# ask_server SQL [DATABASE]: prints the bare answer.
ask_server() {
    PGOPTIONS="${PGOPTIONS:-} -c client_min_messages=warning" psql --no-psqlrc --no-password --quiet --tuples-only --no-align \
        --set ON_ERROR_STOP=1 --dbname "${2:-postgres}" --command "$1"
}
