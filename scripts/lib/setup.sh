# Shared code of the other scripts: installs missing packages, and builds. To be sourced.

# Seen from where the caller stands.
[ -z "${EIO_LUA:-}" ] || EIO_LUA=$(realpath "$EIO_LUA")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 1

say() { printf '==> %s\n' "$*"; }

# need_packages PACKAGE...: installs the Debian packages that are missing.
need_packages() {
    local missing=()
    local package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    local sudo=()
    [ "$(id -u)" -eq 0 ] || sudo=(sudo)
    say "installing ${missing[*]}"
    # Installing as root with nobody to answer questions; the index is fetched once, when something is missing.
    update_index "${sudo[@]}"
    DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get -o "DPkg::Lock::Timeout=$lock_timeout" \
        install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Seconds to wait for another apt-get: a cloud machine runs one in its first minutes.
lock_timeout=600

# update_index [sudo]: `apt-get update`, which has no option to wait for the lock on its lists.
update_index() {
    local end=$((SECONDS + lock_timeout)) errors
    until errors=$("$@" env LC_ALL=C apt-get update -qq 2>&1); do
        if [[ $errors != *"Could not get lock"* ]] || [ $SECONDS -ge $end ]; then
            printf '%s\n' "$errors" >&2
            return 1
        fi
        say "waiting for another apt-get to end"
        sleep 5
    done
}

# need_promtool: Prometheus' checker comes in the package of the server, which is not to be started.
need_promtool() {
    command -v promtool >/dev/null && return 0
    local sudo=()
    [ "$(id -u)" -eq 0 ] || sudo=(sudo)
    # invoke-rc.d asks this file whether a package may start its service: 101 means no.
    local policy=/usr/sbin/policy-rc.d made=no
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee $policy >/dev/null
        "${sudo[@]}" chmod 755 $policy
        made=yes
    fi
    local status=0
    need_packages prometheus || status=$?
    [ $made = no ] || "${sudo[@]}" rm -f $policy
    return $status
}

# need_swift: says what to do where there is no Swift toolchain.
need_swift() {
    command -v swift >/dev/null && return 0
    echo "eio-lua is built with Swift 6.3 or later: install it from https://www.swift.org/install/linux" >&2
    exit 1
}

# build_release: the program as users run it, one file that needs only liblua, zlib and the C and C++ libraries.
# Sets $eio_lua.
build_release() {
    say "building eio-lua (the first time takes some minutes)"
    swift build -c release --static-swift-stdlib --product eio-lua "$@"
    eio_lua=$(swift build -c release --static-swift-stdlib --show-bin-path)/eio-lua
}

# need_program: the program that EIO_LUA names, or else a new build. Sets $eio_lua.
need_program() {
    eio_lua=${EIO_LUA:-}
    [ -z "$eio_lua" ] || return 0
    need_swift
    need_packages liblua5.4-dev libedit-dev libncurses-dev pkg-config zlib1g-dev
    build_release
}

# build_worker: the program that `eio-lua worker` starts, beside the other. It alone needs libzmq and libmsgpackc.
build_worker() {
    say "building eio-lua-worker"
    swift build -c release --static-swift-stdlib --product eio-lua-worker "$@"
}

# need_venv FOLDER REQUIREMENTS: a Python virtual environment with these packages.
need_venv() {
    local folder=$1 requirements=$2
    if ! cmp -s "$requirements" "$folder/requirements.txt"; then
        say "setting up $folder"
        python3 -m venv "$folder"
        "$folder/bin/pip" install -q --disable-pip-version-check -r "$requirements"
        # Copied last: an installation that was broken off is done again.
        cp "$requirements" "$folder/requirements.txt"
    fi
}
