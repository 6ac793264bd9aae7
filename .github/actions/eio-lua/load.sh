#!/usr/bin/env bash
# The steps of action.yml, whose inputs are in the variables INPUT_*: installs eio-lua from a release file, runs a load
# test, and shows its summary.
set -euo pipefail

fail() {
    # One line, in which no input can begin a command for the runner.
    printf '::error::%s\n' "$(tr -s '\r\n' ' ' <<<"$*")"
    exit 1
}

# find_tarball: sets $tarball, after a download if no path is given.
find_tarball() {
    tarball=$INPUT_TARBALL
    [ -z "$tarball" ] || return 0
    [[ $INPUT_VERSION =~ ^[0-9]+(\.[0-9]+)+$ ]] ||
        fail "'$INPUT_VERSION' is not a valid version; set the input 'version', such as 0.1.0, or 'tarball'"
    local name=eio-lua-$INPUT_VERSION-linux-x86_64.tar.gz file
    local from=$GITHUB_SERVER_URL/${GITHUB_ACTION_REPOSITORY:-$GITHUB_REPOSITORY}/releases/download/v$INPUT_VERSION
    for file in "$name" "$name.sha256"; do
        curl --fail --silent --show-error --location --retry 3 --output "$folder/$file" "$from/$file" ||
            fail "$from/$file cannot be downloaded"
    done
    tarball=$folder/$name
}

check_tarball() {
    local expected=$INPUT_SHA256 actual
    [ -f "$tarball" ] || fail "the release file '$tarball' does not exist"
    if [ -z "$expected" ]; then
        [ -f "$tarball.sha256" ] || fail "the release file has no checksum: set the input 'sha256', or add $tarball.sha256"
        read -r expected _ <"$tarball.sha256"
    fi
    actual=$(sha256sum <"$tarball" | cut -d ' ' -f 1)
    [ "$actual" = "${expected,,}" ] || fail "the SHA-256 of $tarball is $actual, expected $expected"
}

# The runner takes no commands from the output of the script until it reads the token.
run_load() {
    local options=() arguments=() token status=0
    [ -z "$INPUT_OPTIONS" ] || mapfile -t options < <(grep -v '^[[:space:]]*$' <<<"$INPUT_OPTIONS")
    [ -z "$INPUT_ARGS" ] || mapfile -t arguments < <(grep -v '^[[:space:]]*$' <<<"$INPUT_ARGS")
    token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' ')
    echo "::stop-commands::$token"
    "$folder/eio-lua/bin/eio-lua" load --no-color --quiet --report "$INPUT_REPORT" --summary-export "$INPUT_EXPORT" \
        "${options[@]}" "$INPUT_SCRIPT" -- "${arguments[@]}" | tee "$folder/output" || status=${PIPESTATUS[0]}
    # The last line of the output may have no end.
    printf '\n::%s::\n' "$token"
    return "$status"
}

# The runner refuses summaries of more than 1 MiB.
show_summary() {
    local fence='````````````````'
    {
        printf '### eio-lua load: %s\n\n%s\n' "$([ "$1" -eq 0 ] && echo passed || echo "failed with exit status $1")" "$fence"
        # Without the lines that the script printed.
        sed -n '/^ *█/,$p' "$folder/output" | tail -c 500000
        printf '%s\n' "$fence"
    } >>"$GITHUB_STEP_SUMMARY"
}

[ -f "$INPUT_SCRIPT" ] || fail "the script '$INPUT_SCRIPT' does not exist"
[[ $INPUT_REPORT$INPUT_EXPORT != *$'\n'* ]] || fail "the names of the report and of the export must be one line"
folder=$(mktemp -d "$RUNNER_TEMP/eio-lua-XXXXXX")
find_tarball
check_tarball
mkdir "$folder/release"
tar xf "$tarball" --directory "$folder/release" --strip-components 1
"$folder/release/install.sh" --prefix "$folder/eio-lua" >"$folder/install.log" 2>&1 ||
    fail "install.sh failed: $(cat "$folder/install.log")"
status=0
run_load || status=$?
show_summary "$status"
{
    echo "status=$status"
    [ ! -f "$INPUT_REPORT" ] || echo "report=$(realpath "$INPUT_REPORT")"
    [ ! -f "$INPUT_EXPORT" ] || echo "export=$(realpath "$INPUT_EXPORT")"
} >>"$GITHUB_OUTPUT"
exit "$status"
