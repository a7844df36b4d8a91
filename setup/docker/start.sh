#!/bin/bash
# What the containers of docker-compose.yml run inside odoo:19.0. The server and its password come
# in the usual PG… variables, the database's name in ODOO_DATABASE.
#
#   prepare           makes the database or updates the addon in it, and ends
#   web               serves pages, runs no scheduled actions
#   cron              runs the scheduled actions, serves nothing
#   web-is-healthy, cron-is-healthy    exit code 0 when it works
set -euo pipefail

addon=daya_kpb_followup
addons=${ADDONS_FOLDER:-/mnt/extra-addons}
data=${DATA_FOLDER:-/var/lib/odoo}
requirements=${REQUIREMENTS:-/setup-requirements.txt}
port=${HTTP_PORT:-8069}
database=$ODOO_DATABASE
export PYTHONPATH=$data/python${PYTHONPATH:+:$PYTHONPATH}

options=(
    --addons-path "$addons" --data-dir "$data" --database "$database" --db-filter "^$database\$"
    --no-database-list --workers 0 --http-interface "${HTTP_INTERFACE:-0.0.0.0}"
)

[[ -z ${ODOO_REPLICA:-} ]] || options+=(--db_replica_host "$ODOO_REPLICA")

ask() { psql --no-psqlrc --quiet --tuples-only --no-align --dbname "$1" --command "$2"; }

# install_python_packages: what the addon needs and the image lacks, in the tested versions.
install_python_packages() {
    python3 - "$addons/$addon/__manifest__.py" <<'PYTHON' | while read -r name; do
import ast, importlib.util, sys
needed = ast.literal_eval(open(sys.argv[1]).read())["external_dependencies"]["python"]
print("\n".join(name for name in needed if not importlib.util.find_spec(name)))
PYTHON
        [[ -z $name ]] || python3 -m pip install --target "$data/python" --constraint "$requirements" "$name"
    done
}

# The database's comment tells which state of the addon was completely prepared in it.
prepared_hash() {
    ask postgres "SELECT shobj_description(oid, 'pg_database') FROM pg_database
        WHERE datname = '$database'"
}

write_prepared_hash() { ask postgres "COMMENT ON DATABASE \"$database\" IS '$1'"; }

addon_hash() {
    (cd "$addons/$addon" && find . -type f -not -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum) |
        sha256sum | cut -c1-16
}

set_admin_password() {
    odoo shell "${options[@]}" --no-http --log-level warn <<'PYTHON'
import os
env.ref("base.user_admin").password = os.environ["ODOO_ADMIN_PASSWORD"]
env.cr.commit()
PYTHON
}

prepare() {
    local hash prepared demo=()
    install_python_packages
    hash="$addon $(addon_hash)"
    prepared=$(prepared_hash)
    [[ $prepared != "$hash" ]] || return 0
    if [[ -z $prepared ]]; then
        [[ ${ODOO_DEMO:-} != yes ]] || demo=(--with-demo)
        odoo "${options[@]}" --init "$addon" --load-language en_US,id_ID "${demo[@]}" \
            --no-http --stop-after-init
        set_admin_password
    else
        odoo "${options[@]}" --update "$addon" --no-http --stop-after-init
    fi
    write_prepared_hash "$hash"
}

# The scheduler's threads wait on the server's own database for as long as they live.
cron_is_healthy() {
    [[ $(ask postgres "SELECT count(*) > 0 FROM pg_stat_activity
        WHERE datname = 'postgres' AND application_name LIKE 'odoo-%'
        AND client_addr IS NOT DISTINCT FROM inet_client_addr()") == t ]]
}

case "${1:-}" in
    prepare) prepare ;;
    web) exec odoo "${options[@]}" --http-port "$port" --max-cron-threads 0 ;;
    cron) exec odoo "${options[@]}" --no-http --max-cron-threads 2 ;;
    web-is-healthy) curl --fail --silent --show-error "http://127.0.0.1:$port/web/health" ;;
    cron-is-healthy) cron_is_healthy ;;
    *)
        echo "start.sh: say prepare, web, cron, web-is-healthy or cron-is-healthy" >&2
        exit 2
        ;;
esac
