# Links the release build again, with Lua inside. To be sourced after lib/setup.sh.

# link_packaged PRODUCT: relinks the product; its objects are those of build_release, and none is compiled again.
#
# Swift's settings for a static standard library hide the symbols of every archive, so that Lua is given as an object.
# It takes the place of the library by a linker script and a file for pkg-config that come before those of Debian.
link_packaged() {
    local product=$1 folder=$root/.build/package/lua
    mkdir -p "$folder"
    ld -r --whole-archive "$(pkg-config --variable=libdir lua5.4)/liblua5.4.a" -o "$folder/lua.o"
    echo "INPUT($folder/lua.o)" >"$folder/liblua5.4.so"
    printf '%s\n' 'Name: Lua' 'Description: Lua as an object' "Version: $(pkg-config --modversion lua5.4)" \
        "Libs: -L$folder -llua5.4" "Cflags: $(pkg-config --cflags lua5.4)" >"$folder/lua5.4.pc"
    PKG_CONFIG_PATH=$folder swift build -c release --static-swift-stdlib --product "$product" \
        -Xlinker "--version-script=$root/scripts/package/exports.map"
}

# newest_version PREFIX FILE...: the highest version with this prefix that the programs need, such as GLIBC_2.35.
newest_version() {
    local prefix=$1
    shift
    objdump -T "$@" | grep -o "(${prefix}_[0-9.]*)" | tr -d '()' | sort -V | tail -n 1
}
