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
said_why=
die() {
    said_why=yes
    printf '%s: %s\n' "$COMMAND" "$1" >&2
    exit 1
}

# explain_exit STATUS: for the EXIT trap; no command ends without a word.
explain_exit() {
    [[ $1 == 0 || $1 == 130 || -n $said_why ]] ||
        printf '%s: stopped by an error that it does not know, see the lines above.\n' "$COMMAND" >&2
}

# logged FILE COMMAND...: runs a command with its output in FILE.
logged() {
    local log=$1
    shift
    "$@" >"$log" 2>&1
}

# die_from_log FILE SENTENCE: like die, with the end of the log before the sentence; a full disk is
# named as such.
die_from_log() {
    if grep -qiE 'no space left on device|could not extend file|disk full' "$1"; then
        die "the disk is full; free some space and run the command again (log: $1)."
    fi
    printf -- '----- end of %s\n' "$1" >&2
    tail -n 25 "$1" >&2
    printf -- '-----\n' >&2
    die "$2 The log is $1."
}

# die_from_download FILE SENTENCE: the same for a step that needs the network.
die_from_download() {
    local signs='could not resolve|temporary failure|network is unreachable|could not connect'
    signs+='|unable to connect|connection (refused|timed out|broken)|cannot initiate the connection'
    signs+='|getaddrinfo|max retries exceeded|newconnectionerror'
    if grep -qiE "$signs" "$1"; then
        die "no network: ${2%.}; connect the machine (or set its proxy) and run the command again (log: $1)."
    fi
    die_from_log "$1" "$2"
}
