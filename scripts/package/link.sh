# Links the release build again, for the forms in which it is installed, and without the tables for unwinding the
# stack. To be sourced after lib/setup.sh.

# link_packaged PRODUCT: relinks the product with Lua, ZeroMQ and msgpack inside.
#
# Swift's settings for a static standard library hide the symbols of every archive, so that Lua is given as an object.
link_packaged() {
    local product=$1 folder=$root/.build/package/inside
    mkdir -p "$folder"
    archives_inside "$folder"
    ld -r --whole-archive "$(pkg-config --variable=libdir lua5.4)/liblua5.4.a" -o "$folder/lua.o"
    echo "INPUT($folder/lua.o)" >"$folder/liblua5.4.so"
    relink "$product" "$folder"
}

# link_for_debian PRODUCT: relinks the product for Debian's libraries of Lua and ZeroMQ; C modules find Lua's symbols
# there. The library of msgpack is inside, because its name differs between Debian 12 and 13. The archives of libedit
# and of terminfo, which other builds have inside, give way to libedit.
link_for_debian() {
    local product=$1 folder=$root/.build/package/debian
    mkdir -p "$folder"
    msgpack_inside "$folder"
    echo "INPUT(/usr/lib/$(gcc -print-multiarch)/libedit.so)" >"$folder/libedit.a"
    echo "INPUT(-lc)" >"$folder/libtinfo.a"
    relink "$product" "$folder"
}

# relink PRODUCT FOLDER: links the objects of build_release, and compiles none again. The linker scripts in the folder
# take the place of Debian's libraries, because a file for pkg-config puts the folder before Debian's.
relink() {
    local product=$1 folder=$2
    printf '%s\n' 'Name: Lua' 'Description: Lua' "Version: $(pkg-config --modversion lua5.4)" \
        "Libs: -L$folder -llua5.4" "Cflags: $(pkg-config --cflags lua5.4)" >"$folder/lua5.4.pc"
    PKG_CONFIG_PATH=$folder swift build -c release --static-swift-stdlib --product "$product" \
        -Xlinker "--version-script=$root/scripts/package/exports.map" \
        -Xlinker --no-eh-frame-hdr -Xlinker -T -Xlinker "$root/scripts/package/discard.ld"
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
    msgpack_inside "$folder"
}

# msgpack_inside FOLDER: the same for the library of msgpack alone.
msgpack_inside() { echo "INPUT(/usr/lib/$(gcc -print-multiarch)/libmsgpackc.a)" >"$1/libmsgpackc.so"; }

# copy_licences FOLDER: those of the libraries that are inside the programs.
copy_licences() {
    local folder=$1 library file
    mkdir -p "$folder"
    for library in liblua5.4-dev libedit-dev libncurses-dev libzmq3-dev libsodium-dev libmsgpack-dev; do
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
