#!/usr/bin/env bash
# Builds CLuaHost and these tests with a C compiler and runs them, first plain, then with the sanitizers (unless --quick
# is given). Every warning is an error, and so is a conversion that may change a value.
set -euo pipefail
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sources=$tests/../../Sources/CLuaHost
build=$(mktemp -d)
trap 'rm -r "$build"' EXIT
read -ra lua <<<"$(pkg-config --cflags --libs lua5.4)"

mapfile -t careful < <(find "$sources" -name '*.c' | sort)
for file in "${careful[@]}"; do
    "${CC:-cc}" -std=gnu11 -fsyntax-only -Wall -Wextra -Wconversion -Werror -I"$sources" -I"$sources/include" "${lua[0]}" "$file"
done

run() {
    local files
    mapfile -t files < <(find "$sources" -name '*.c' | sort)
    "${CC:-cc}" -std=gnu11 -g -Wall -Wextra -Werror "$@" -DSOURCES="\"$sources\"" -DTESTS="\"$tests\"" \
        -I"$sources" -I"$sources/include" "${files[@]}" "$tests"/*.c -o "$build/tests" "${lua[@]}" -lm -lpthread
    timeout 300 "$build/tests"
}

run -O2
if [ "${1:-}" != --quick ]; then
    run -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined
fi
