# Makes a bare Debian in a folder. To be sourced after setup.sh.

# need_bare_root FOLDER: this machine's Debian or Ubuntu without its tools, with `man`, completions and a user named
# `user`. The packages that tests install in copies of it are there already, so that they need no network.
need_bare_root() {
    local folder=$1 mounted packages=(liblua5.4-0 libedit2 libzmq5 python3-venv lua-cjson lua-lpeg lua-socket)
    cmp -s "${BASH_SOURCE[0]}" "$folder/made-by" && return 0
    need_root_rights
    need_packages debootstrap
    say "making a bare Debian in $folder, with a log there"
    # After an interruption, the second stage may have left /proc and /sys mounted there.
    for mounted in "$folder"/root/{sys,proc}; do ! mountpoint -q "$mounted" || umount "$mounted"; done
    rm -rf --one-file-system "$folder"
    mkdir -p "$folder"
    # The second stage is a command of the new root, whose dpkg then need not wait for the disk.
    debootstrap --foreign --variant=minbase --include=man-db,bash-completion \
        "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$folder/root" >"$folder/log"
    echo force-unsafe-io >"$folder/root/etc/dpkg/dpkg.cfg.d/force-unsafe-io"
    chroot "$folder/root" /debootstrap/debootstrap --second-stage >>"$folder/log"
    # Packages are kept for the next installation, and no terminal is needed.
    printf '%s\n' 'Binary::apt::APT::Keep-Downloaded-Packages "true";' 'Dpkg::Use-Pty "false";' \
        >"$folder/root/etc/apt/apt.conf.d/tests"
    # The index of the man pages and the records of a first installation are there.
    DEBIAN_FRONTEND=noninteractive chroot "$folder/root" sh -euc '
        useradd --create-home --shell /bin/bash user
        runuser -u man mandb
        apt-get clean
        apt-get update
        apt-get install -y lua-cjson
        apt-get purge -y lua-cjson
        apt-get install -y --download-only "$@"' sh "${packages[@]}" >>"$folder/log"
    # Copied last: a root whose making was interrupted is made again.
    cp "${BASH_SOURCE[0]}" "$folder/made-by"
}

need_root_rights() {
    [ "$(id -u)" -ne 0 ] || return 0
    echo "a bare Debian is made and used with chroot, device files and mounts: run this as root" >&2
    exit 1
}
