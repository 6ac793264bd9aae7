# Links the release build again, with Lua, ZeroMQ and msgpack inside. To be sourced after lib/setup.sh.

# link_packaged PRODUCT: relinks the product; its objects are those of build_release, and none is compiled again.
#
# Swift's settings for a static standard library hide the symbols of every archive, so that Lua is given as an object.
# It takes the place of the library by a linker script and a file for pkg-config that come before those of Debian.
link_packaged() {
    local product=$1 folder=$root/.build/package/lua
    mkdir -p "$folder"
    archives_inside "$folder"
    ld -r --whole-archive "$(pkg-config --variable=libdir lua5.4)/liblua5.4.a" -o "$folder/lua.o"
    echo "INPUT($folder/lua.o)" >"$folder/liblua5.4.so"
    printf '%s\n' 'Name: Lua' 'Description: Lua as an object' "Version: $(pkg-config --modversion lua5.4)" \
        "Libs: -L$folder -llua5.4" "Cflags: $(pkg-config --cflags lua5.4)" >"$folder/lua5.4.pc"
    PKG_CONFIG_PATH=$folder swift build -c release --static-swift-stdlib --product "$product" \
        -Xlinker "--version-script=$root/scripts/package/exports.map"
}

# archives_inside FOLDER: linker scripts that take the place of the libraries of ZeroMQ and msgpack.
#
# Debian's ZeroMQ also supports PGM, NORM and Kerberos, which need nine more libraries; zeromq.c replaces them.
archives_inside() {
    local folder=$1 libraries
    libraries=/usr/lib/$(gcc -print-multiarch)
    {
        cat "$root/scripts/package/zeromq.c"
        nm -u "$libraries/libzmq.a" 2>/dev/null | awk '/ U (pgm_|Norm|NORM_|gss_|GSS_)/ { print $2 }' | sort -u |
            grep -vxE 'pgm_(init|shutdown)' | sed 's/.*/ABSENT(&)/'
    } | gcc -c -O1 -fPIC -Wall -Wextra -Werror -x c - -o "$folder/zeromq.o"
    ar rcs "$folder/zeromq.a" "$folder/zeromq.o"
    echo "INPUT($libraries/libzmq.a $libraries/libsodium.a $folder/zeromq.a)" >"$folder/libzmq.so"
    echo "INPUT($libraries/libmsgpackc.a)" >"$folder/libmsgpackc.so"
}

# copy_licences FOLDER: those of the libraries that are inside the programs.
copy_licences() {
    local folder=$1 library file
    mkdir -p "$folder"
    for library in liblua5.4-dev libzmq3-dev libsodium-dev libmsgpack-dev; do
        cp "/usr/share/doc/$library/copyright" "$folder/$library.txt"
    done
    for file in .build/checkouts/*/{LICENSE,NOTICE}.txt; do
        [ ! -e "$file" ] || cp "$file" "$folder/$(basename "$(dirname "$file")")-$(basename "$file")"
    done
}

# newest_version PREFIX FILE...: the highest version with this prefix that the programs need, such as GLIBC_2.35.
newest_version() {
    local prefix=$1
    shift
    objdump -T "$@" | grep -o "(${prefix}_[0-9.]*)" | tr -d '()' | sort -V | tail -n 1
}
