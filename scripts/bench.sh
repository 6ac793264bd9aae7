#!/usr/bin/env bash
# Measures eio-lua beside a raw C client and its peers, and prints the figures with the project's targets.
#
#     scripts/bench.sh                              everything, about 15 minutes
#     scripts/bench.sh --quick                      one short round: only to see that it runs
#     scripts/bench.sh --cells 100x16,IDLE --rounds 5
#     scripts/bench.sh --help
#
# EIO_LUA=/path/to/eio-lua measures that binary instead of building one. K6=/path/to/k6 names a k6 that is not on PATH;
# without k6 its columns stay empty. Everything runs on the loopback address.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
bench="$root/scripts/bench"
build="$root/.build-bench"
venv="$root/.venv-bench"

say() { echo "bench: $*" >&2; }

install_packages() {
    local missing=() package
    for package in gcc libc6-dev python3 python3-venv lua5.4 liblua5.4-dev pkg-config zlib1g-dev; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    say "installing ${missing[*]}"
    local sudo=""
    [ "$(id -u)" -eq 0 ] || sudo="sudo"
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

install_peers() {
    if [ -f "$venv/requirements.txt" ] && cmp -s "$bench/requirements.txt" "$venv/requirements.txt"; then
        return
    fi
    say "installing the peers into ${venv#"$root"/}"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --requirement "$bench/requirements.txt" >&2
    cp "$bench/requirements.txt" "$venv/requirements.txt"
}

build_native() {
    local native="$bench/native" program
    local shared=("$native"/{accept_key,connection,frame,process}.c)
    local compile=(gcc -std=c11 -D_DEFAULT_SOURCE -O2 -flto -Wall -Wextra)
    mkdir -p "$build"
    "${compile[@]}" "$native"/{echo_server,server_session}.c "${shared[@]}" -o "$build/echo_server"
    "${compile[@]}" "$native"/{raw_client,client_options,latency}.c "${shared[@]}" -o "$build/raw_client"
}

build_eio_lua() {
    if [ -n "${EIO_LUA:-}" ]; then
        say "measuring $EIO_LUA"
        return
    fi
    say "building eio-lua in release mode"
    local options=(-c release --static-swift-stdlib --product eio-lua --package-path "$root")
    swift build "${options[@]}" >&2
    EIO_LUA="$(swift build "${options[@]}" --show-bin-path)/eio-lua"
    export EIO_LUA
}

# The help does not need eio-lua, nor does a list of programs without it.
wants_eio_lua() {
    local previous="" argument
    for argument in "$@"; do
        case "$argument" in
            -h | --help) return 1 ;;
            --programs=*) [[ ",${argument#*=}," == *,eio-lua,* ]] || return 1 ;;
        esac
        if [ "$previous" = --programs ] && [[ ",$argument," != *,eio-lua,* ]]; then
            return 1
        fi
        previous="$argument"
    done
}

install_packages
install_peers
build_native
if wants_eio_lua "$@"; then
    build_eio_lua
fi
ulimit -n "$(ulimit -Hn)"
export PYTHONDONTWRITEBYTECODE=1
exec "$venv/bin/python" "$bench/run.py" "$@"
