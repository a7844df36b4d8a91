# shellcheck shell=bash
# Where things live. Nothing is written into the checkout itself.
#
#   KPB_CACHE   downloads, shared by all checkouts of one user
#   KPB_STATE   database cluster, filestore, logs of this checkout; a place that the operating
#               system user of PostgreSQL can enter, also when the checkout lies in root's home
#
# KPB_STATE_DIR puts the state elsewhere.

CHECKOUT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
CHECKOUT_ID=$(printf '%s' "$CHECKOUT" | sha256sum | cut -c1-8)
ADDON=daya_kpb_followup

KPB_CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/daya-kpb-followup
if [[ -n ${KPB_STATE_DIR:-} ]]; then
    KPB_STATE=$KPB_STATE_DIR
elif [[ $(id -u) == 0 ]]; then
    KPB_STATE=/var/lib/daya-kpb-followup/$CHECKOUT_ID
else
    KPB_STATE=${XDG_STATE_HOME:-$HOME/.local/state}/daya-kpb-followup/$CHECKOUT_ID
fi
KPB_LOGS=$KPB_STATE/log
export KPB_CACHE KPB_STATE KPB_LOGS CHECKOUT CHECKOUT_ID ADDON

# make_places: creates the folders, readable by this user only where data is kept.
make_places() {
    mkdir -p "$KPB_CACHE" "$KPB_STATE" "$KPB_LOGS" "$KPB_STATE/data" 2>/dev/null ||
        die "the folders $KPB_CACHE and $KPB_STATE cannot be created; check the rights and the space on the disk."
    chmod 700 "$KPB_STATE/data" "$KPB_LOGS"
    printf '%s\n' "$CHECKOUT" >"$KPB_STATE/checkout"
}

# with_lock FILE COMMAND...: runs a shell function or command while holding a lock on FILE.
held_locks=()
with_lock() {
    local file=$1 lock
    shift
    exec {lock}>"$file"
    if ! flock --nonblock "$lock"; then
        note "another set-up is busy with $(basename "$file" .lock); waiting for it"
        flock "$lock"
    fi
    held_locks+=("$lock")
    "$@"
    unset 'held_locks[-1]'
    exec {lock}>&-
}

# without_locks COMMAND...: for programs that outlive this command and must not keep its locks.
without_locks() (
    for lock in "${held_locks[@]}"; do exec {lock}>&-; done
    "$@"
)
