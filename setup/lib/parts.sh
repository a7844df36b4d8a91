# shellcheck shell=bash
# The parts of the test suite: what each one runs and on which database.
#
# Two databases are kept from one run to the next and copied for use: one with everything the addon
# depends on, one with the addon. Tests never work on these, only on copies.

# shellcheck disable=SC2034 # setup/test reads it
PARTS=(rules repository addon browser system)
RESULTS=$KPB_STATE/results
TEST_PREFIX=kpb_test_$CHECKOUT_ID
BASE_DATABASE=${TEST_PREFIX}_base
ADDON_DATABASE=${TEST_PREFIX}_addon

# prepare_templates: both databases exist and are of this Odoo and this addon.
prepare_templates() {
    local depends base_state addon_state conf=$KPB_STATE/template.conf
    depends=$("$KPB_PYTHON" -c 'import ast, sys
print(",".join(ast.literal_eval(open(sys.argv[1]).read())["depends"]))' "$CHECKOUT/$ADDON/__manifest__.py")
    base_state=$(printf '%s %s %s' "$(odoo_identity)" "$KPB_VENV" "$depends" | sha256sum | cut -c1-16)
    addon_state=$(printf '%s %s' "$base_state" "$(addon_hash)" | sha256sum | cut -c1-16)
    need_own_database "$BASE_DATABASE"
    need_own_database "$ADDON_DATABASE"
    drop_test_databases

    if [[ $(installed_hash "$BASE_DATABASE") != "$base_state" ]]; then
        note "installing $depends"
        drop_database "$BASE_DATABASE"
        create_database "$BASE_DATABASE"
        write_odoo_conf "$conf" "$BASE_DATABASE" 'max_cron_threads = 0'
        change_modules "$KPB_LOGS/test-base.log" "$conf" --init "$depends" --load-language en_US,id_ID
        write_mark "$BASE_DATABASE" "$base_state"
    fi
    if [[ $(installed_hash "$ADDON_DATABASE") != "$addon_state" ]]; then
        note "installing $ADDON"
        copy_database "$BASE_DATABASE" "$ADDON_DATABASE"
        write_odoo_conf "$conf" "$ADDON_DATABASE" 'max_cron_threads = 0'
        change_modules "$KPB_LOGS/test-install.log" "$conf" --init "$ADDON"
        write_mark "$ADDON_DATABASE" "$addon_state"
    else
        note "nothing to do"
    fi
}

# drop_test_databases: copies that an interrupted run has left, and those of this one.
drop_test_databases() {
    local name
    while read -r name; do
        [[ -z $name ]] || drop_database "$name"
    done < <(ask_server "SELECT datname FROM pg_database WHERE datname LIKE '${TEST_PREFIX}_run_%'")
}

# test_database NAME: a fresh copy for one part; sets TEST_CONF.
test_database() {
    TEST_DATABASE=${TEST_PREFIX}_run_$1
    TEST_CONF=$KPB_STATE/test-$1.conf
    copy_database "$ADDON_DATABASE" "$TEST_DATABASE"
    write_odoo_conf "$TEST_CONF" "$TEST_DATABASE" 'max_cron_threads = 0' \
        "http_port = $(free_port)" "screenshots = $KPB_LOGS/screenshots"
}

free_port() {
    "$KPB_PYTHON" -c 'import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])'
}

# run_part NAME: runs it; its numbers go to RESULTS, its failures to the terminal.
run_part() {
    local name=$1 status=0 arguments=(--quiet -r fEs --color=auto -o "cache_dir=$KPB_STATE/pytest-$1")
    mkdir -p "$RESULTS"
    rm -f "$RESULTS/$name.xml" "$RESULTS/$name.exit"
    # shellcheck disable=SC2154 # set by setup/test
    [[ -z $expression ]] || arguments+=(-k "$expression")
    arguments+=(--junit-xml "$RESULTS/$name.xml")
    # A failing test does not end the run: print_results tells at the end.
    "part_$name" "${arguments[@]}" || status=$?
    printf '%d\n' "$status" >"$RESULTS/$name.exit"
}

part_rules() { plain_pytest "$@" tests/rules; }

part_repository() { plain_pytest "$@" tests/repo; }

# With a server, for the tests that call Odoo from outside; with the dashboard for spreadsheets, which
# installs itself where Odoo's Dashboards app is.
part_addon() {
    local companion=${ADDON}_spreadsheet
    test_database addon
    change_modules "$KPB_LOGS/test-companion.log" "$TEST_CONF" --init "$companion"
    odoo_pytest "$@" --odoo-http --ignore-glob '*/test_tour_*.py' "$ADDON/tests" "$companion/tests"
}

# The tests that need a browser are named test_tour_*.py.
part_browser() {
    local files
    mapfile -t files < <(cd "$CHECKOUT" && find "$ADDON/tests" -name 'test_tour_*.py' | sort)
    ((${#files[@]})) || return 0
    test_database browser
    odoo_pytest "$@" --odoo-http "${files[@]}"
}

# get_queue_job: prints the folder with OCA's queue_job, which the addon works with but does not need;
# nothing without a network. Its package asks for an odoo on PyPI, where there is none.
get_queue_job() {
    local packages=(odoo-addon-queue-job==19.0.2.4.0.1 openupgradelib==3.13.7) folder
    folder=$KPB_CACHE/queue-job-$(printf '%s' "${packages[*]}" | sha256sum | cut -c1-8)
    if [[ ! -e $folder/.complete ]]; then
        rm -rf "$folder"
        logged "$KPB_LOGS/queue-job.log" "$KPB_PYTHON" -m pip install --disable-pip-version-check \
            --no-deps --target "$folder" "${packages[@]}" || return 0
        touch "$folder/.complete"
    fi
    printf '%s\n' "$folder"
}

part_system() {
    write_odoo_conf "$KPB_STATE/system.conf" "$ADDON_DATABASE" 'max_cron_threads = 0'
    KPB_QUEUE_JOB=$(get_queue_job) KPB_CONF=$KPB_STATE/system.conf KPB_TEMPLATE_DATABASE=$ADDON_DATABASE \
        KPB_TEST_PREFIX=${TEST_PREFIX}_run KPB_INSTALL_LOG=$KPB_LOGS/test-install.log \
        plain_pytest "$@" tests/system
}

plain_pytest() { (cd "$CHECKOUT" && "$KPB_PYTHON" -m pytest -p no:odoo "$@"); }

odoo_pytest() {
    (cd "$CHECKOUT" && PYTHONPATH=$ODOO_HOME "$KPB_PYTHON" -m pytest --disable-warnings --odoo-config "$TEST_CONF" "$@")
}

# print_results NAME...: the table and the sum; fails when a test failed or a part ran none.
print_results() {
    "$KPB_PYTHON" "$CHECKOUT/setup/lib/print_results.py" "$RESULTS" ${expression:+--some} "$@"
}
