#!/usr/bin/env bash
# Makes a release from this checkout, in dist/: the tarball, its SHA-256, the wheel and the package for Debian. Prints
# their sizes, and the highest versions of glibc and of the C++ library that the programs need.
set -euo pipefail
source "$(dirname "$0")/lib/setup.sh"
source scripts/package/link.sh
source scripts/package/deb.sh

need_swift
need_packages liblua5.4-dev libedit-dev libncurses-dev pkg-config zlib1g-dev libzmq3-dev libmsgpack-dev binutils gcc \
    libc6-dev python3 dpkg-dev xz-utils

say "building eio-lua and eio-lua-worker (the first time takes some minutes)"
link_packaged eio-lua
link_packaged eio-lua-worker
binaries=$(swift build -c release --static-swift-stdlib --show-bin-path)

version=$("$binaries/eio-lua" --version | cut -d ' ' -f 2)
name=eio-lua-$version-linux-$(uname -m)
staging=$root/.build/package
rm -rf "${staging:?}/$name"
mkdir -p dist "$staging/$name"/{bin,share/man/man1,share/eio-lua,share/doc/eio-lua}
folder=$staging/$name

say "collecting $name"
for program in eio-lua eio-lua-worker; do strip -o "$folder/bin/$program" "$binaries/$program"; done
python3 scripts/package/man.py "$folder/bin/eio-lua" "$folder/share/man/man1"
python3 scripts/package/completions.py "$folder/bin/eio-lua" "$folder/share"
cp -r scripts/bots scripts/load Sources/StarterFiles/definitions "$folder/share/eio-lua"
cp Sources/StarterFiles/templates/luacheckrc "$folder/share/eio-lua/.luacheckrc"
cp LICENSE CHANGELOG.md "$folder/share/doc/eio-lua"
copy_licences "$folder/share/doc/eio-lua/licenses"
glibc=$(newest_version GLIBC "$folder"/bin/*)
libstdcxx=$(newest_version GLIBCXX "$folder"/bin/*)
cp scripts/package/uninstall.sh "$folder/share/eio-lua"
cp scripts/package/uninstall.sh "$folder"
sed "s/@NEEDS@/$glibc and $libstdcxx/" scripts/package/install.sh >"$folder/install.sh"
find "$folder" -type f -exec chmod 644 {} +
chmod 755 "$folder"/bin/* "$folder"/*.sh "$folder/share/eio-lua/uninstall.sh"

# The same commit gives the same files.
date=$(git log -1 --format=%ct)
# The Dockerfile takes the one tarball that is there.
rm -f dist/eio-lua-*-linux-*.tar.gz dist/eio-lua-*-linux-*.tar.gz.sha256
tar --create --directory "$staging" --sort=name --owner=0 --group=0 --numeric-owner \
    --mtime="@$date" "$name" | gzip -n -9 >"dist/$name.tar.gz"
(cd dist && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
rm -f dist/eio_lua-*.whl
python3 scripts/package/wheel.py "$folder" "${glibc#GLIBC_}" "$date" dist

say "making the package for Debian"
rm -f dist/eio-lua_*.deb
make_deb "$folder" "$version" "$date"

say "made:"
stat --printf '%s %n\n' "dist/$name.tar.gz" "dist/$name.tar.gz.sha256" dist/eio_lua-*.whl dist/eio-lua_*.deb \
    "$folder"/bin/* |
    while read -r bytes file; do printf '%10s  %s\n' "$(numfmt --to=si --format=%.1f "$bytes")B" "${file#"$staging/"}"; done
say "needs $glibc and $libstdcxx"
