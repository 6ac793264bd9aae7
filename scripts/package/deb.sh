# Makes the package for Debian. To be sourced after lib/setup.sh and link.sh.

# make_deb RELEASE VERSION DATE: a package in dist/, from the folder of the tarball, with programs that use Debian's
# libraries. Without a revision in the version, the package has one changelog, in Debian's form.
make_deb() {
    local release=$1 version=$2 date=$3 folder=$root/.build/package/deb program maintainer control
    local tree=$folder/tree share=$folder/tree/usr/share
    maintainer=$(git log -1 --format='%an <%ae>')
    rm -rf "$folder"
    mkdir -p "$folder/debian" "$tree"/{DEBIAN,usr/bin}
    for program in eio-lua eio-lua-worker; do
        link_for_debian "$program"
        strip -o "$tree/usr/bin/$program" "$binaries/$program"
    done

    cp -r "$release/share" "$tree/usr"
    rm -r "$share/eio-lua/uninstall.sh" "$share"/doc/eio-lua/*
    # Debian's zsh leaves site-functions to the administrator.
    mv "$share/zsh/site-functions" "$share/zsh/vendor-completions"
    mkdir "$share/doc/eio-lua/examples"
    mv "$share"/eio-lua/{bots,load} "$share/doc/eio-lua/examples"
    cat scripts/package/debian/copyright "$release"/share/doc/eio-lua/licenses/*NOTICE.txt \
        .build/checkouts/swift-nio/Sources/CNIOLLHTTP/LICENSE /usr/share/doc/libmsgpack-dev/copyright \
        >"$share/doc/eio-lua/copyright"
    control=$(<scripts/package/debian/control)
    printf '%s\n' "${control/@MAINTAINER@/"$maintainer"}" >"$folder/debian/control"
    python3 scripts/package/changelog.py CHANGELOG.md "$version" "$maintainer" "$date" >"$folder/debian/changelog"
    cp "$folder/debian/changelog" "$share/doc/eio-lua"
    find "$share/man" "$share/doc/eio-lua/changelog" -type f -exec gzip -9n {} +
    find "$tree" -type d -exec chmod 755 {} +
    find "$tree/usr" -type f -exec chmod 644 {} +
    chmod 755 "$tree"/usr/bin/*

    (
        cd "$folder"
        # Libraries that only the worker needs are recommended.
        dpkg-shlibdeps -Tsubstvars -dDepends tree/usr/bin/eio-lua -dRecommends tree/usr/bin/eio-lua-worker
        dpkg-gencontrol -Tsubstvars -fdebian/files -Ptree
        cd tree
        find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums
    )
    # The same commit gives the same package: no file is younger than this.
    SOURCE_DATE_EPOCH=$date dpkg-deb --root-owner-group -Zxz --build "$tree" dist >/dev/null
}
