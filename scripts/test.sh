#!/usr/bin/env bash
# Sets up all that the tests need and runs them: format, unit tests, the program against real servers, and under attack.
#   scripts/test.sh            everything
#   scripts/test.sh unit       the unit tests only, of C and of Swift
#   scripts/test.sh integration [pytest arguments]
#   scripts/test.sh attack     the minute of scripts/attack.sh, with a known seed
set -euo pipefail
source "$(dirname "$0")/lib/setup.sh"

part=${1:-all}
[ $# -gt 0 ] && shift

need_swift
need_packages liblua5.4-dev pkg-config zlib1g-dev libzmq3-dev libmsgpack-dev

check_format() {
    say "checking the format"
    swift format lint --strict -r Package.swift Sources Tests
}

run_unit() {
    need_packages python3 python3-venv
    need_venv .venv-test Tests/Integration/requirements.txt
    need_packages gcc libc6-dev
    say "running the tests of the Lua host"
    Tests/CLuaHost/run.sh
    say "running the Swift tests"
    # One at a time: tests that wait for a process hold one of the few threads of the concurrency pool.
    swift test --no-parallel
}

run_integration() {
    need_packages python3 python3-venv haproxy lua-cjson lua-lpeg lua-socket
    # The browser of the report's tests, and a font for it.
    need_packages chromium-headless-shell fonts-dejavu-core
    need_promtool
    need_venv .venv-test Tests/Integration/requirements.txt
    build_release
    build_worker
    say "running the program against real servers"
    EIO_LUA=$eio_lua .venv-test/bin/python -m pytest Tests/Integration -n 2 -q "$@"
}

run_attack() {
    build_release
    say "attacking the program"
    EIO_LUA=$eio_lua scripts/attack.sh --seed 1
}

case $part in
    all)
        check_format
        run_unit
        run_integration
        run_attack
        ;;
    unit) run_unit ;;
    integration) run_integration "$@" ;;
    attack) run_attack ;;
    *)
        echo "usage: scripts/test.sh [unit | integration [pytest arguments] | attack]" >&2
        exit 64
        ;;
esac
