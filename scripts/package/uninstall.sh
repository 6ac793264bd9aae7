#!/bin/sh
# Removes the files that install.sh installed, and the folders that it made, if they are empty.
#   uninstall.sh                    from /usr/local, or without root from ~/.local; an installed uninstall.sh knows it
#   uninstall.sh --prefix FOLDER
set -eu

fail() {
    echo "uninstall.sh: $*" >&2
    exit 1
}

main() {
    if [ "$(id -u)" -eq 0 ]; then prefix=/usr/local; else prefix=$HOME/.local; fi
    beside=$(cd "$(dirname "$0")" && pwd)
    [ ! -e "$beside/installed-files" ] || prefix=$(cd "$beside/../.." && pwd)
    case "${1:-}" in
        --prefix) prefix=${2:?"uninstall.sh: --prefix needs a folder"} ;;
        --prefix=*) prefix=${1#--prefix=} ;;
        '') ;;
        *) fail "usage: uninstall.sh [--prefix FOLDER]" ;;
    esac
    list=$prefix/share/eio-lua/installed-files
    [ -e "$list" ] || fail "$list does not exist: eio-lua is not installed in $prefix"

    # The list is one of the files.
    entries=$(cat "$list")
    printf '%s\n' "$entries" | sed -n 's/^file //p' | while IFS= read -r file; do rm -f "$file"; done
    printf '%s\n' "$entries" | sed -n 's/^folder //p' | LC_ALL=C sort -r | while IFS= read -r folder; do
        [ ! -d "$folder" ] || rmdir "$folder" 2>/dev/null || true
    done
    echo "eio-lua is removed from $prefix"
}

main "$@"
