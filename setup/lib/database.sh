# shellcheck shell=bash
# Databases of this checkout. Each carries a mark in its comment: whose it is, and which state of
# the addon is completely installed in it. A database without the mark is never touched, one whose
# installation was interrupted is made again.
#
#   mark: daya-kpb-followup checkout=<id> installed=<hash of the addon>

MARK=daya-kpb-followup

# addon_hash: changes when a file changes that the database has to learn about.
addon_hash() {
    (
        cd "$CHECKOUT/$ADDON" &&
            find . -type f -not -path '*/__pycache__/*' -not -path './tests/*' \
                -not -path './static/*' -not -path '*/.*' -print0 |
            sort --zero-terminated | xargs --null sha256sum
    ) | sha256sum | cut -c1-16
}

check_database_name() {
    [[ $1 =~ ^[a-z][a-z0-9_]{0,48}$ ]] ||
        die "\"$1\" is no good name for a database: small letters, digits and underscores, a letter first."
}

database_exists() { [[ $(ask_server "SELECT 1 FROM pg_database WHERE datname = '$1'") == 1 ]]; }

read_mark() {
    ask_server "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '$1'"
}

# write_mark DATABASE [HASH]
write_mark() {
    ask_server "COMMENT ON DATABASE \"$1\" IS '$MARK checkout=$CHECKOUT_ID${2:+ installed=$2}'"
}

# installed_hash DATABASE: prints the hash of its mark; nothing when it was never completed.
installed_hash() {
    local mark
    mark=$(read_mark "$1")
    [[ $mark == *' installed='* ]] && printf '%s\n' "${mark##* installed=}"
    return 0
}

# need_own_database DATABASE: it does not exist, or this checkout made it.
need_own_database() {
    local mark
    database_exists "$1" || return 0
    mark=$(read_mark "$1")
    case "$mark" in
        "$MARK checkout=$CHECKOUT_ID"*) ;;
        "$MARK "*) die "the database $1 belongs to another checkout; choose another name with --db." ;;
        *) die "the database $1 exists and was not made by this command; choose another name with --db." ;;
    esac
}

# need_unused_database DATABASE: no server works on it.
need_unused_database() {
    [[ $(ask_server "SELECT count(*) FROM pg_stat_activity WHERE datname = '$1'") == 0 ]] ||
        die "the database $1 is in use, most likely by a running Odoo; stop it and run the command again."
}

drop_database() {
    ask_server "DROP DATABASE IF EXISTS \"$1\""
    rm -rf "$KPB_STATE/data/filestore/$1"
}

# create_database DATABASE: empty and marked as not yet complete.
create_database() {
    ask_server "CREATE DATABASE \"$1\" ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE template0" ||
        die "PostgreSQL cannot create the database $1."
    # As Odoo's own database manager does: without it a search in names reads every row.
    ask_server 'CREATE EXTENSION IF NOT EXISTS pg_trgm' "$1" ||
        note "PostgreSQL has no pg_trgm here: searching names and numbers will be slow"
    write_mark "$1"
}

# copy_database FROM TO: with its files; those never change, so links will do.
copy_database() {
    drop_database "$2"
    ask_server "CREATE DATABASE \"$2\" TEMPLATE \"$1\"" ||
        die "PostgreSQL cannot copy the database $1."
    write_mark "$2"
    if [[ -d $KPB_STATE/data/filestore/$1 ]]; then
        cp --archive --link "$KPB_STATE/data/filestore/$1" "$KPB_STATE/data/filestore/$2"
    fi
}

# write_odoo_conf FILE DATABASE NAME=VALUE...
write_odoo_conf() {
    local file=$1 database=$2
    shift 2
    {
        printf '[options]\n'
        printf '%s\n' "addons_path = $ODOO_ADDONS,$CHECKOUT" "data_dir = $KPB_STATE/data" \
            "db_name = $database" "dbfilter = ^$database\$" 'list_db = False' 'with_demo = True' \
            'http_interface = 127.0.0.1' 'workers = 0' \
            "admin_passwd = $(head -c 24 /dev/urandom | base64)" "$@"
    } >"$file.new"
    chmod 600 "$file.new"
    mv "$file.new" "$file"
}

# odoo CONF ARGUMENT...: the odoo command with a configuration file.
odoo() {
    PYTHONPATH=$ODOO_HOME "$KPB_PYTHON" -m odoo --config "$@"
}

# change_modules LOG CONF ARGUMENT...: installs or updates; the log must be clean at the end.
change_modules() {
    local log=$1
    if [[ -t 1 ]]; then
        odoo "${@:2}" --stop-after-init --no-http 2>&1 | tee "$log" | show_modules
    else
        odoo "${@:2}" --stop-after-init --no-http >"$log" 2>&1
    fi || die_from_log "$log" "Odoo cannot install the addon."
    log_complaints "$log" >"$log.complaints" || return 0
    cat "$log.complaints" >&2
    die "the addon's installation complains, see the lines above; the log is $log."
}

# show_modules: one line at the terminal that tells how far Odoo is.
show_modules() {
    sed --unbuffered --quiet 's/.*odoo.modules.loading: Loading module \([a-z0-9_]*\) (\([0-9/]*\)).*/\1 \2/p' |
        while read -r name count; do printf '\r      %-40s %s ' "$name" "$count"; done
    printf '\r%60s\r' ''
}

# log_complaints LOG: prints the warnings and errors of an Odoo log; fails when there are none.
log_complaints() {
    grep -E '^[0-9-]+ [0-9:,]+ [0-9]+ (WARNING|ERROR|CRITICAL) |^Traceback' "$1"
}
