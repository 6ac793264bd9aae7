#!/usr/bin/env bash
# Fuzzes one parser with libFuzzer and AddressSanitizer, and prints executions and edges at its end.
#   scripts/fuzz.sh TARGET [seconds]     20 seconds unless given
#   scripts/fuzz.sh all [seconds]        each target in turn
#   scripts/fuzz.sh TARGET coverage      the lines of the parser that the seed corpus reaches
# Targets: frames, payloads, http, urls, cookies, json, packets, server-arguments and trace (Swift,
# Tests/Fuzz/*.swift), json-decode, json-arguments, msgpack and csv (C).
# Seeds are in Tests/Fuzz/corpus; an input that fails is written to .build-fuzz.
set -euo pipefail
source "$(dirname "$0")/lib/setup.sh"

swift_targets="frames payloads http urls cookies json packets server-arguments trace"
c_targets="json-decode json-arguments msgpack csv"
build=.build-fuzz
target=${1:?usage: scripts/fuzz.sh TARGET [seconds | coverage]}
seconds=${2:-20}
clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
llvm=$(dirname "$clang")

# The lines of these files are counted as the parser's.
parser_files() {
    case $1 in
        frames) echo Sources/EngineIO/WebSocket/WebSocketFrame{Header,Reader,Writing}.swift ;;
        payloads) echo Sources/EngineIO/Packets/{PayloadReader,ReceivedPacket,Handshake}.swift ;;
        http) echo Sources/EngineIOClient/HTTPAnswer*.swift ;;
        urls) echo Sources/EngineIO/HTTP/{ServerURL,ServerURL+Requests,Punycode,IPv6Syntax}.swift ;;
        cookies) echo Sources/EngineIO/HTTP/{Cookie,CookieJar,HTTPDate}.swift ;;
        json) echo Sources/JSONText/JSONParser.swift ;;
        packets)
            echo Sources/SocketIO/Packets/{ReceivedSocketIOPacket*,SocketIOPacketReader,SocketIOSerializer,PlainAck}.swift \
                Sources/SocketIO/Packets/{AttachmentAssembly,JoinedParts,ReservedEventName}.swift \
                Sources/SocketIO/MessagePack/*.swift Sources/SocketIO/Values/ReceivedArguments.swift \
                Sources/SocketIO/Session/{ConnectAnswer,ServerWords,RecoveryPoint}.swift
            ;;
        server-arguments) echo Sources/SocketIOServer/{ArgumentScanner,ReceivedEvent,ServerEvent,JSONString}.swift ;;
        trace)
            echo Sources/SocketIOClient/SocketIOExplainer.swift Sources/SocketIO/MessagePack/MessagePackText.swift \
                Sources/SocketIO/Packets/{PacketExplanation,ConnectSecret}.swift
            ;;
        json-decode) echo Sources/CLuaHost/json/json_{decode,escape,number}.c ;;
        json-arguments) echo Sources/CLuaHost/json/json_{arguments,check,decode,encode,escape}.c ;;
        msgpack) echo Sources/CLuaHost/msgpack/*.c ;;
        csv) echo Sources/CLuaHost/loadtest/data_file.c ;;
    esac
}

# The parsers and the targets, with the sanitizers; SwiftNIO as the debug build has it.
build_swift() {
    # With SwiftNIO's HTTP, whose headers the reader of answers fills.
    swift build --target EngineIOServer
    local products flags
    products=$(swift build --show-bin-path)
    mkdir -p "$build/objects"
    mapfile -t flags < <(grep -oh -- '-fmodule-map-file=[^",]*' "$products/../../debug.yaml" | sort -u | sed 's/^/-Xcc\n/')
    flags+=(-parse-as-library -swift-version 6 -package-name eio_lua -g -O -enforce-exclusivity=checked "$@")
    flags+=(-enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility)
    compile() {
        local name=$1
        shift
        swiftc -c -wmo -module-name "$name" -emit-module -emit-module-path "$build/objects/$name.swiftmodule" \
            -I "$build/objects" -I "$products/Modules" "${flags[@]}" "$@" -o "$build/objects/$name.o"
    }
    compile JSONText Sources/JSONText/*.swift
    compile EngineIO $(find Sources/EngineIO -name '*.swift')
    compile SocketIO $(find Sources/SocketIO -name '*.swift')
    # The part that an explanation is made of: the whole would bring SwiftNIO's TLS.
    compile EngineIOClient Sources/EngineIOClient/{Message{Explainer,Explanation},SecretMask,TraceEvent}.swift
    compile Fuzz Tests/Fuzz/*.swift Sources/EngineIOClient/HTTPAnswer*.swift \
        Sources/SocketIOClient/SocketIOExplainer.swift \
        Sources/SocketIOServer/{ArgumentScanner,ReceivedEvent,ServerEvent,JSONString,Rooms}.swift
    rm -f "$build/nio.a"
    find -L "$products" -name '*.o' -path '*.build/*' | grep -E '/(_?(C?NIO|Atomics|Deque|Internal)|_AtomicsShims|ContainersPreview)[A-Za-z0-9]*\.build/' |
        grep -vE 'Tests|NIOSSL|BoringSSL|HTTP2|FileSystem' | xargs -d '\n' "$llvm/llvm-ar" qc "$build/nio.a"
    "$llvm/llvm-ranlib" "$build/nio.a"
    swiftc -g "$@" "$build"/objects/{JSONText,EngineIO,SocketIO,EngineIOClient,Fuzz}.o "$build/nio.a" -o "$build/swift-targets"
}

build_c() {
    local name=$1 sources
    shift
    mkdir -p "$build"
    case $name in
        json-* | msgpack) sources="Tests/Fuzz/${name/-/_}.c $(ls Sources/CLuaHost/{base,json,msgpack}/*.c | grep -v json_api)" ;;
        csv) sources=Tests/Fuzz/csv.c ;;
    esac
    # shellcheck disable=SC2046,SC2086
    "$clang" -std=gnu11 -g -O1 "$@" -ISources/CLuaHost -ISources/CLuaHost/include $sources \
        $(pkg-config --cflags --libs lua5.4) -lm -lpthread -o "$build/$name"
}

fuzz() {
    local name=$1 program=$build/$1
    if [[ " $swift_targets " == *" $name "* ]]; then
        [ -n "${is_built:-}" ] || build_swift -sanitize=fuzzer,address
        is_built=yes
        program=$build/swift-targets
    elif [[ " $c_targets " == *" $name "* ]]; then
        build_c "$name" -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined
    else
        echo "fuzz.sh: $name is not a target; the targets are $swift_targets $c_targets" >&2
        exit 64
    fi
    mkdir -p "$build/corpus/$name"
    say "fuzzing $name for $seconds seconds"
    # New inputs go to the first folder; the seeds stay as they are.
    # A crash is libFuzzer's to report, not Swift's.
    SWIFT_BACKTRACE=enable=no FUZZ_TARGET=$name "$program" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -verbosity=1 -artifact_prefix="$build/$name-" "$build/corpus/$name" "Tests/Fuzz/corpus/$name" \
        2>&1 | tee "$build/$name.log" | grep -vE '^#[0-9]+[[:space:]]+(NEW|REDUCE|pulse|RELOAD)' || true
    local status=${PIPESTATUS[0]} executions edges
    executions=$(awk '/stat::number_of_executed_units/ {print $2}' "$build/$name.log")
    edges=$(grep -o 'cov: [0-9]*' "$build/$name.log" | tail -1)
    echo "$name: ${executions:-0} executions, ${edges#cov: } edges"
    [ "$status" = 0 ] && grep -q 'Done [0-9]* runs' "$build/$name.log"
}

measure_coverage() {
    local name=$1 program=$build/$1
    if [[ " $swift_targets " == *" $name "* ]]; then
        build_swift -sanitize=fuzzer -profile-generate -profile-coverage-mapping
        program=$build/swift-targets
    else
        build_c "$name" -fsanitize=fuzzer -fprofile-instr-generate -fcoverage-mapping
    fi
    FUZZ_TARGET=$name LLVM_PROFILE_FILE=$build/$name.profraw "$program" -runs=0 "Tests/Fuzz/corpus/$name" 2>/dev/null
    "$llvm/llvm-profdata" merge "$build/$name.profraw" -o "$build/$name.profdata"
    # shellcheck disable=SC2046
    "$llvm/llvm-cov" report "$program" -instr-profile="$build/$name.profdata" $(parser_files "$name")
}

need_swift
need_packages liblua5.4-dev pkg-config
if [ "$seconds" = coverage ]; then
    measure_coverage "$target"
elif [ "$target" = all ]; then
    failed=""
    for name in $swift_targets $c_targets; do fuzz "$name" || failed+=" $name"; done
    [ -z "$failed" ] || { echo "fuzz.sh: a fault in$failed: see $build" >&2; exit 1; }
else
    fuzz "$target"
fi
