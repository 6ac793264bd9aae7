#!/usr/bin/env bash
# Measures eio-lua beside a raw C client and its peers, and prints the figures with the project's targets.
#
#     scripts/bench.sh                              everything, about 15 minutes
#     scripts/bench.sh --quick                      one short round: only to see that it runs
#     scripts/bench.sh --cells 100x16,IDLE --rounds 5
#     scripts/bench.sh --instructions OLD NEW       instructions for each round trip of two builds, by callgrind
#     scripts/bench.sh --help
#
# It builds the program as the tarball and the wheel of a release have it, with Lua inside; a build with the library of
# Lua takes about a tenth more CPU time for each message. EIO_LUA=/path/to/eio-lua measures that binary instead.
# K6=/path/to/k6 names a k6 that is not on PATH; without k6 its columns stay empty. Everything runs on the loopback
# address.
set -euo pipefail

# Paths in the arguments and in EIO_LUA are the caller's.
caller=$PWD
source "$(dirname "${BASH_SOURCE[0]}")/lib/setup.sh"
source scripts/package/link.sh
bench="$root/scripts/bench"
build="$root/.build-bench"
venv="$root/.venv-bench"

build_native() {
    local native="$bench/native" program
    local shared=("$native"/{accept_key,connection,frame,process}.c)
    local compile=(gcc -std=c11 -D_DEFAULT_SOURCE -O2 -flto -Wall -Wextra)
    mkdir -p "$build"
    "${compile[@]}" "$native"/{echo_server,server_session,socketio_echo,delayed_echo}.c "${shared[@]}" -o "$build/echo_server"
    "${compile[@]}" "$native"/{raw_client,client_options,latency}.c "${shared[@]}" -o "$build/raw_client"
}

# The official Socket.IO client, which npm has, and a package for Python.
fetch_javascript_client() {
    local client="$build/socket.io.min.js" folder
    [ -e "$client" ] && return
    folder=$(mktemp -d)
    "$venv/bin/pip" download -q --disable-pip-version-check --no-deps -d "$folder" nicegui==3.18.0
    "$venv/bin/python" -m zipfile -e "$folder"/nicegui-*.whl "$folder"
    cp "$folder/nicegui/static/socket.io.min.js" "$client"
    rm -rf "$folder"
}

build_eio_lua() {
    if [ -n "${EIO_LUA:-}" ]; then
        say "measuring $EIO_LUA"
        return
    fi
    need_swift
    need_packages libedit-dev libncurses-dev libzmq3-dev libmsgpack-dev binutils
    say "building eio-lua as a release has it (the first time takes some minutes)"
    link_packaged eio-lua
    EIO_LUA=$(swift build -c release --static-swift-stdlib --show-bin-path)/eio-lua
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

# The table is what goes to the standard output.
need_packages gcc libc6-dev python3 python3-venv lua5.4 liblua5.4-dev pkg-config zlib1g-dev nodejs node-ws >&2
need_venv "$venv" "$bench/requirements.txt" >&2
build_native
fetch_javascript_client >&2
export PYTHONDONTWRITEBYTECODE=1
if [ "${1:-}" = --instructions ]; then
    need_packages valgrind binutils >&2
    cd "$caller"
    exec "$venv/bin/python" "$bench/instructions.py" "${@:2}"
fi
if wants_eio_lua "$@"; then
    build_eio_lua >&2
fi
ulimit -n "$(ulimit -Hn)"
cd "$caller"
exec "$venv/bin/python" "$bench/run.py" "$@"
