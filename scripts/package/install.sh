#!/bin/sh
# Installs eio-lua from this folder: programs, man pages, completions, definitions for editors, examples.
#   ./install.sh                    into /usr/local, or without root into ~/.local
#   ./install.sh --prefix FOLDER
set -eu

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

# make_folder FOLDER: makes it with the folders above it, and notes each that was not there.
make_folder() {
    [ ! -d "$1" ] || return 0
    make_folder "$(dirname "$1")"
    mkdir "$1"
    echo "folder $1" >>"$list"
}

main() {
    if [ "$(id -u)" -eq 0 ]; then prefix=/usr/local; else prefix=$HOME/.local; fi
    case "${1:-}" in
        --prefix) prefix=${2:?"install.sh: --prefix needs a folder"} ;;
        --prefix=*) prefix=${1#--prefix=} ;;
        '') ;;
        *) fail "usage: install.sh [--prefix FOLDER]" ;;
    esac
    case $prefix in
        /*) ;;
        *) prefix=$PWD/$prefix ;;
    esac
    umask 022
    cd "$(dirname "$0")"

    version=$(bin/eio-lua --version) || fail "the program does not run here; it needs Linux on x86-64 with @NEEDS@"

    files=$(find bin share -type f | LC_ALL=C sort)
    installed=$prefix/share/eio-lua/installed-files
    # Another version is replaced by this one.
    [ ! -e "$installed" ] || sh ./uninstall.sh --prefix "$prefix" >/dev/null
    for file in $files; do
        [ ! -e "$prefix/$file" ] || fail "$prefix/$file exists, and install.sh did not put it there"
    done

    list=$(mktemp)
    trap 'rm -f "$list"' EXIT
    for file in $files; do
        make_folder "$(dirname "$prefix/$file")"
        echo "file $prefix/$file" >>"$list"
        mode=644
        [ ! -x "$file" ] || mode=755
        # Appears whole: a process may be running the program.
        cp "$file" "$prefix/$file.new"
        chmod $mode "$prefix/$file.new"
        mv "$prefix/$file.new" "$prefix/$file"
    done
    echo "file $installed" >>"$list"
    cp "$list" "$installed"
    chmod 644 "$installed"

    echo "$version is installed in $prefix"
    echo "to remove it: $prefix/share/eio-lua/uninstall.sh"
    case ":$PATH:" in
        *":$prefix/bin:"*) ;;
        *) echo "$prefix/bin is not in PATH: add it with  export PATH=\"$prefix/bin:\$PATH\"" ;;
    esac
}

main "$@"
