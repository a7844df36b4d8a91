# shellcheck shell=bash
# What the person at the terminal reads: numbered steps with times, notes, and the one sentence
# that says why a command cannot go on.

say_step_number=0
say_step_started=0
say_steps_total=${say_steps_total:-0}

# step TEXT: begins the next numbered step.
step() {
    say_step_number=$((say_step_number + 1))
    say_step_started=$SECONDS
    printf '[%d/%d] %s\n' "$say_step_number" "$say_steps_total" "$1"
}

# note TEXT: a detail of the running step.
note() { printf '      %s\n' "$1"; }

# step_done [TEXT]: ends the running step with the time it took.
step_done() { printf '      %s (%d s)\n' "${1:-ready}" "$((SECONDS - say_step_started))"; }

# die SENTENCE: the command cannot go on. One sentence on standard error, exit code 1.
die() {
    printf '%s: %s\n' "$COMMAND" "$1" >&2
    exit 1
}

# logged FILE COMMAND...: runs a command with its output in FILE.
logged() {
    local log=$1
    shift
    "$@" >"$log" 2>&1
}

# die_from_log FILE SENTENCE: like die, but names the cause when the log shows a known one and
# points to the log; the end of the log goes before the sentence.
die_from_log() {
    local log=$1 sentence=$2
    if grep -qiE 'no space left on device|could not extend file|disk full' "$log"; then
        die "the disk is full; free some space and run the command again (log: $log)."
    fi
    if grep -qiE 'could not resolve|temporary failure|network is unreachable|could not connect|unable to connect|connection (refused|timed out)|cannot initiate the connection|getaddrinfo|ENOTFOUND|ECONNREFUSED|max retries exceeded|newconnectionerror|connection broken' "$log"; then
        die "no network: $sentence Connect the machine (or set its proxy) and run the command again (log: $log)."
    fi
    printf -- '----- end of %s\n' "$log" >&2
    tail -n 25 "$log" >&2
    printf -- '-----\n' >&2
    die "$sentence The log is $log."
}
