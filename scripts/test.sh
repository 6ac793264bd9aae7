#!/usr/bin/env bash
# Sets up all that the tests need and runs them; prints the time of each part.
#   scripts/test.sh            format, unit tests, and the program against real servers
#   scripts/test.sh --full     the same, with all Socket.IO servers on each way to a transport instead of a third
#   scripts/test.sh unit       the unit tests only, of C and of Swift
#   scripts/test.sh integration [pytest arguments]
#   scripts/test.sh attack     the minute of scripts/attack.sh, with a known seed
#   scripts/test.sh fuzz       each target of scripts/fuzz.sh for 20 seconds
#   scripts/test.sh sanitize   unit tests and some integration tests with AddressSanitizer, then with ThreadSanitizer
#   scripts/test.sh packages   makes a release by scripts/package.sh, installs it here and in a bare Debian, and uses it
#   scripts/test.sh house      the limits of scripts/house.sh
set -euo pipefail
source "$(dirname "$0")/lib/setup.sh"
source scripts/lib/bare_root.sh

full=()
if [ "${1:-}" = --full ]; then
    full=(--full)
    shift
fi
part=${1:-all}
[ $# -eq 0 ] || shift

need_swift
need_packages liblua5.4-dev libedit-dev libncurses-dev pkg-config zlib1g-dev libzmq3-dev libmsgpack-dev

check_format() {
    say "checking the format"
    swift format lint --strict -r Package.swift Sources Tests
}

# The documentation of the libraries, without a warning.
check_docs() {
    check_docs_of EngineIOClient
    check_docs_of SocketIOClient
}

check_docs_of() {
    local product=$1 graphs binaries maps=() map
    say "building the documentation of $product"
    swift build --target "$product"
    binaries=$(swift build --show-bin-path)
    graphs=$(mktemp -d)
    for map in .build/checkouts/*/Sources/*/include/module.modulemap Sources/CZlib/module.modulemap \
        Sources/CEpoll/module.modulemap "$binaries"/*.build/module.modulemap; do
        [ ! -e "$map" ] || maps+=(-Xcc "-fmodule-map-file=$map")
    done
    swift symbolgraph-extract -module-name "$product" -I "$binaries/Modules" \
        -target "$(basename "$(dirname "$binaries")")" -minimum-access-level public -skip-synthesized-members \
        -output-dir "$graphs" "${maps[@]}"
    docc convert "Sources/$product/Documentation.docc" --additional-symbol-graph-dir "$graphs" --warnings-as-errors \
        --fallback-display-name "$product" --fallback-bundle-identifier "eio-lua.$product" \
        --output-path "$graphs/$product.doccarchive" >"$graphs/log" || {
        cat "$graphs/log" >&2
        return 1
    }
    rm -r "$graphs"
}

run_unit() {
    need_packages gcc libc6-dev
    say "running the tests of the Lua host"
    Tests/CLuaHost/run.sh
    say "running the Swift tests"
    swift test
}

# Everything that the integration tests need, apart from the program.
need_integration() {
    need_packages python3 python3-venv haproxy lua-cjson lua-lpeg lua-socket lua-check
    # The browser of the report's tests, and a font for it.
    need_packages chromium-headless-shell fonts-dejavu-core
    # An old Socket.IO server, and the official Socket.IO parser for a server of its own.
    need_packages python3-socketio python3-aiohttp nodejs node-socket.io-parser node-ws
    need_promtool
    need_venv .venv-test Tests/Integration/requirements.txt
    need_venv .venv-socketio4 Tests/Integration/requirements-socketio4.txt
}

run_integration() {
    need_integration
    build_release
    build_worker
    if [ $# -eq 0 ]; then
        say "running the Swift clients against python-engineio and python-socketio"
        EIO_PYTHON=.venv-test/bin/python swift test --filter EngineIOClientIntegrationTests
    fi
    say "running the program against real servers"
    EIO_LUA=$eio_lua .venv-test/bin/python -m pytest Tests/Integration -n 2 -q "${full[@]}" "$@"
}

run_attack() {
    build_release
    say "attacking the program"
    EIO_LUA=$eio_lua scripts/attack.sh --seed 1
}

# The release build is linked again, not compiled.
run_packages() {
    need_root_rights
    timed scripts/package.sh
    timed need_bare_root .build-packages
    # The browser opens the report of the README.
    need_packages chromium-headless-shell fonts-dejavu-core
    need_packages python3-venv curl man-db groff-base zsh fish lua5.4 lua-cjson lua-lpeg lua-socket lintian
    need_venv .venv-test Tests/Integration/requirements.txt
    need_venv .venv-packages Tests/Packages/requirements.txt
    say "installing and using the release"
    .venv-test/bin/python -m pytest -q --durations 8 Tests/Packages
}

run_fuzz() { scripts/fuzz.sh all 20; }

run_sanitize() {
    need_integration
    timed run_sanitizer address
    timed run_sanitizer thread
}

# Each sanitizer has a build of its own. Its reports go to files, so that none is lost with a process that a test ends.
# Scripts that compute without an end, and runs that count what happens in some seconds, are not among the integration
# tests: ThreadSanitizer delays signals to a thread that makes no system call, and both are slow.
run_sanitizer() {
    local kind=$1 build=.build-$1 reports status=0
    local swift_options=(--sanitize "$kind" --scratch-path "$build")
    say "building with the sanitizer of $kind"
    swift build --build-tests "${swift_options[@]}"
    reports=$(mktemp -d)
    (
        # The backtraces of Swift's runtime would catch the signals of the sanitizer.
        export SWIFT_BACKTRACE=enable=no
        # Swift keeps some pointers in forms that the search for leaks does not recognise, such as weak references.
        export ASAN_OPTIONS=detect_leaks=0:log_path=$reports/report
        export TSAN_OPTIONS=suppressions=$PWD/scripts/sanitizers/thread.supp:log_path=$reports/report
        if [ "$kind" = thread ]; then
            "$(dirname "$(readlink -f "$(command -v swift)")")/clang" -shared -fPIC -O1 -Wall -Wextra -Werror \
                scripts/sanitizers/mutex.c -o "$build/mutex.so"
            export LD_PRELOAD=$PWD/$build/mutex.so
        fi
        say "running the tests with the sanitizer of $kind"
        swift test --skip-build "${swift_options[@]}"
        EIO_LUA=$PWD/$build/debug/eio-lua .venv-test/bin/python -m pytest -q \
            Tests/Integration/client/test_upgrade.py Tests/Integration/lua/test_lua_client.py \
            Tests/Integration/socketio/test_acks.py Tests/Integration/socketio/test_binary.py \
            Tests/Integration/load/test_load_samples.py Tests/Integration/load/test_load_merge.py \
            Tests/Integration/server/test_serve.py
    ) || status=$?
    if [ -n "$(ls "$reports")" ]; then
        cat "$reports"/* >&2
        status=1
    fi
    rm -r "$reports"
    return $status
}

run_house() { scripts/house.sh; }

timed() {
    local start=$SECONDS
    "$@"
    say "$(printf '%s: %d:%02d minutes' "${1#run_}" $(((SECONDS - start) / 60)) $(((SECONDS - start) % 60)))"
}

case $part in
    all)
        timed check_format
        timed check_docs
        timed run_unit
        timed run_integration
        ;;
    unit | integration | attack | fuzz | sanitize | packages | house) timed "run_$part" "$@" ;;
    *)
        echo "usage: scripts/test.sh [--full] [unit | integration [pytest arguments] | attack | fuzz | sanitize | packages | house]" >&2
        exit 64
        ;;
esac
