# shellcheck shell=bash
# The machine: its system, its packages, its disk, its ports.

# check_system: Debian 12 or 13, or one sentence. Sets COMMON_PACKAGES, which every command needs.
check_system() {
    local file=${KPB_OS_RELEASE:-/etc/os-release} ID='' VERSION_ID='' PRETTY_NAME=''
    # shellcheck disable=SC1090
    [[ -r $file ]] && . "$file"
    # shellcheck disable=SC2034 # the commands read COMMON_PACKAGES
    case "$ID $VERSION_ID" in
        'debian 12') COMMON_PACKAGES=(ca-certificates libmagic1 python3 python3-venv) ;;
        'debian 13') COMMON_PACKAGES=(ca-certificates libmagic1t64 python3 python3-venv) ;;
        *) die "${PRETTY_NAME:-this system} is not supported; use Debian 12 or 13, or docker-compose.yml elsewhere." ;;
    esac
}

# as_root COMMAND...: as root, through sudo where that is needed.
as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    else
        sudo "$@"
    fi
}

package_installed() {
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# install_packages NAME...: installs those that are missing, from the machine's own release.
install_packages() {
    local name missing=() log=$KPB_LOGS/packages.log
    for name; do
        package_installed "$name" || missing+=("$name")
    done
    if ((${#missing[@]} == 0)); then
        note "nothing missing"
        return
    fi
    if [[ $(id -u) != 0 ]] && ! command -v sudo >/dev/null; then
        die "the packages ${missing[*]} are missing; install them as root, or run this command as root."
    fi
    note "installing ${missing[*]}"
    need_space 1500 /usr
    # A source of somebody else that cannot be reached does not matter: the packages are Debian's.
    logged "$log" as_root apt-get update || true
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "${missing[@]}" >>"$log" 2>&1 ||
        die_from_download "$log" "the packages ${missing[*]} cannot be installed."
}

# need_space MEGABYTES FOLDER...: refuses to start what the disk cannot hold.
need_space() {
    local needed=${KPB_SPACE_NEEDED_MB:-$1} folder free
    shift
    for folder; do
        free=$(df --output=avail --block-size=1M "$folder" | tail -n 1)
        ((free >= needed)) ||
            die "the disk of $folder is full: $((free)) MB are free, $needed MB are needed."
    done
}

# need_free_port PORT: refuses a port on which something listens already.
need_free_port() {
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
        die "port $1 is taken by another program; choose another one with --port."
    fi
}
