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

run_odoo() {
    odoo --addons-path "$addons" --data-dir "$data" --database "$database" \
        --db-filter "^$database\$" --no-database-list --workers 0 "$@"
}

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

# addon_state: prints the state that Odoo has noted, nothing without a database.
addon_state() {
    ask "$database" "SELECT state FROM ir_module_module WHERE name = '$addon'" 2>/dev/null || true
}

addon_hash() {
    (cd "$addons/$addon" && find . -type f -not -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum) |
        sha256sum | cut -c1-16
}

set_admin_password() {
    run_odoo_shell <<'PYTHON'
import os
env.ref("base.user_admin").password = os.environ["ODOO_ADMIN_PASSWORD"]
env.cr.commit()
PYTHON
}

run_odoo_shell() {
    odoo shell --addons-path "$addons" --data-dir "$data" --database "$database" \
        --no-http --log-level warn
}

prepare() {
    local stamp=$data/addon-in-$database demo=()
    install_python_packages
    if [[ $(addon_state) != installed ]]; then
        [[ ${ODOO_DEMO:-} != yes ]] || demo=(--with-demo)
        run_odoo --init "$addon" --load-language en_US,id_ID "${demo[@]}" --no-http --stop-after-init
        set_admin_password
    elif [[ $(cat "$stamp" 2>/dev/null) != "$(addon_hash)" ]]; then
        run_odoo --update "$addon" --no-http --stop-after-init
    fi
    addon_hash >"$stamp"
}

# The scheduler's threads wait on the server's own database for as long as they live.
cron_is_healthy() {
    [[ $(ask postgres "SELECT count(*) > 0 FROM pg_stat_activity
        WHERE datname = 'postgres' AND application_name LIKE 'odoo-%'
        AND client_addr IS NOT DISTINCT FROM inet_client_addr()") == t ]]
}

case "${1:-}" in
    prepare) prepare ;;
    web) run_odoo --http-port "$port" --max-cron-threads 0 ;;
    cron) run_odoo --no-http --max-cron-threads 2 ;;
    web-is-healthy) curl --fail --silent --show-error "http://127.0.0.1:$port/web/health" ;;
    cron-is-healthy) cron_is_healthy ;;
    *)
        echo "start.sh: say prepare, web, cron, web-is-healthy or cron-is-healthy" >&2
        exit 2
        ;;
esac
