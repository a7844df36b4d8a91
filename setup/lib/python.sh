# shellcheck shell=bash
# The Python environment: a venv in the cache, one per Python version and content of
# requirements.txt. Its folder gets its last file, .complete, when everything is installed.

# get_python: sets KPB_PYTHON.
get_python() {
    local version hash
    version=$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    hash=$(sha256sum "$CHECKOUT/requirements.txt" | cut -c1-12)
    KPB_VENV=$KPB_CACHE/venv-$version-$hash
    KPB_PYTHON=$KPB_VENV/bin/python
    export KPB_VENV KPB_PYTHON
    [[ -e $KPB_VENV/.complete ]] || with_lock "$KPB_VENV.lock" make_venv
}

make_venv() {
    [[ -e $KPB_VENV/.complete ]] && return # another set-up was faster
    local log=$KPB_LOGS/python.log
    note "installing requirements.txt"
    rm -rf "$KPB_VENV"
    logged "$log" /usr/bin/python3 -m venv "$KPB_VENV" ||
        die_from_log "$log" "the Python environment cannot be created."
    logged "$log" "$KPB_PYTHON" -m pip install --disable-pip-version-check --prefer-binary \
        --requirement "$CHECKOUT/requirements.txt" ||
        die_from_download "$log" "the Python packages of requirements.txt cannot be installed."
    touch "$KPB_VENV/.complete"
}
