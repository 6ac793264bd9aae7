// swift-tools-version: 6.2
import PackageDescription

/// One list of settings for every Swift target, so that no target is compiled by other rules than its neighbours.
var settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
if Context.environment["CI"] != nil {
    settings.append(.treatAllWarnings(as: .error))
}

/// A release can be linked without the tables for unwinding the stack by LLVM's linker only (scripts/package/link.sh).
let releaseLinker: [LinkerSetting] = [.unsafeFlags(["-use-ld=lld"], .when(configuration: .release))]

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
]

let package = Package(
    name: "eio-lua",
    products: [
        .library(name: "EngineIOClient", targets: ["EngineIOClient"]),
        .library(name: "SocketIOClient", targets: ["SocketIOClient"]),
        .executable(name: "eio-lua", targets: ["eio-lua"]),
        .executable(name: "eio-lua-worker", targets: ["eio-lua-worker"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
    ],
    targets: [
        .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
        // Their headers lie where every compiler looks; pkg-config's flags are for what they were built with.
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(name: "CEpoll"),
        .systemLibrary(name: "CStdio"),
        .systemLibrary(name: "CMessagePack", providers: [.apt(["libmsgpack-dev"])]),
        .target(name: "JSONText", swiftSettings: settings),
        .target(
            name: "EngineIO",
            dependencies: ["JSONText", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: settings),
        .target(name: "SocketIO", dependencies: ["EngineIO", "JSONText"], swiftSettings: settings),
        .target(
            name: "EpollLoop",
            dependencies: [
                "CEpoll", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: settings),
        .target(
            name: "EngineIOClient",
            dependencies: nio + [
                "CZlib", "EngineIO", "EpollLoop", "JSONText",
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(
            name: "SocketIOClient",
            dependencies: [
                "EngineIO", "EngineIOClient", "EpollLoop", "SocketIO", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(name: "EngineIOServer", dependencies: nio + ["EngineIO"], swiftSettings: settings),
        .target(
            name: "SocketIOServer",
            dependencies: [
                "EngineIO", "EngineIOServer", "JSONText", "SocketIO", .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings),
        // The files of `eio-lua init`.
        .target(
            name: "StarterFiles",
            dependencies: ["JSONText"],
            resources: [
                "definitions/eio.lua", "definitions/engineio.lua", "definitions/socketio.lua",
                "definitions/loadtest.lua", "templates/bot_engineio.lua", "templates/bot_socketio.lua",
                "templates/scenario_engineio.lua", "templates/scenario_socketio.lua", "templates/luacheckrc",
                "templates/luarc.json",
            ].map { .embedInCode($0) },
            swiftSettings: settings),
        // The page of `eio-lua serve`.
        .target(
            name: "ServerPage",
            resources: [
                "page/page.html", "page/page.css", "page/engineio.js", "page/socketio.js", "page/log.js",
                "page/page.js",
            ].map { .embedInCode($0) },
            swiftSettings: settings),
        .target(name: "CLuaHost", dependencies: ["CLua"], cSettings: [.headerSearchPath(".")]),
        // Rounding is libm's on processors without an instruction for it.
        .target(
            name: "Metrics", dependencies: ["JSONText"], swiftSettings: settings, linkerSettings: [.linkedLibrary("m")]),
        .target(name: "LoadPlan", dependencies: ["JSONText", "Metrics"], swiftSettings: settings),
        // Style and script of the report's page.
        .target(
            name: "LoadReport", dependencies: ["JSONText", "LoadPlan", "Metrics"],
            resources: [
                "page/report.css", "page/numbers.js", "page/values.js", "page/lines.js", "page/plots.js",
                "page/distributions.js", "page/report.js", "page/live.css", "page/patch.js", "page/live.js",
            ].map { .embedInCode($0) },
            swiftSettings: settings),
        // The parts that every process needs; it does not depend on Lua.
        .target(
            name: "ProcessSupport",
            dependencies: ["CStdio", "EpollLoop", "JSONText", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: settings),
        // libedit's archives, so that the program needs no further library.
        .target(
            name: "CLineEditor",
            linkerSettings: [":libedit.a", ":libtinfo.a"].map { .linkedLibrary($0) }),
        .target(name: "LineEditor", dependencies: ["CLineEditor", "ProcessSupport"], swiftSettings: settings),
        .target(
            name: "LoadEngine",
            dependencies: [
                "EngineIO", "EngineIOClient", "EpollLoop", "LoadPlan", "Metrics", "ProcessSupport", "Scripting",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(
            name: "LoadOutput",
            dependencies: nio + [
                "EngineIOServer", "LoadEngine", "LoadPlan", "LoadReport", "Metrics", "ProcessSupport",
            ],
            swiftSettings: settings),
        // Runs a script as a process: one bot, or a load run.
        .target(
            name: "ScriptProcess",
            dependencies: [
                "CLuaHost", "EngineIO", "EngineIOClient", "EpollLoop", "JSONText", "LineEditor", "LoadEngine",
                "LoadOutput", "LoadPlan", "LoadReport", "Metrics", "ProcessSupport", "Scripting",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(name: "CommandLineParser", dependencies: ["JSONText"], swiftSettings: settings),
        // The parts of a command line that several commands have.
        .target(
            name: "CommandOptions",
            dependencies: [
                "CommandLineParser", "EngineIOClient", "LoadEngine", "LoadPlan", "Metrics", "ProcessSupport",
                "ScriptProcess", "Scripting",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(
            name: "Locust",
            dependencies: [
                "CommandLineParser", "CommandOptions", "JSONText", "LoadEngine", "LoadOutput", "LoadPlan",
                "LoadReport", "Metrics", "ProcessSupport", "ScriptProcess", "Scripting",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(name: "LocustTransport", dependencies: ["CMessagePack", "CZeroMQ", "Locust"], swiftSettings: settings),
        .target(
            name: "Scripting",
            dependencies: [
                "CLuaHost", "EngineIO", "EngineIOClient", "SocketIO", "SocketIOClient",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        // The client of `eio-lua connect`.
        .target(
            name: "TerminalClient",
            dependencies: [
                "EngineIO", "EngineIOClient", "EpollLoop", "JSONText", "LineEditor", "ProcessSupport", "Scripting",
                "SocketIO", "SocketIOClient",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(
            name: "Commands",
            dependencies: [
                "CommandLineParser", "CommandOptions", "EngineIO", "EngineIOClient", "EngineIOServer", "JSONText",
                "LoadEngine", "LoadOutput", "LoadPlan", "LoadReport", "Locust", "Metrics", "ProcessSupport",
                "ScriptProcess", "Scripting", "ServerPage", "SocketIO", "SocketIOServer", "StarterFiles",
                "TerminalClient",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "eio-lua", dependencies: ["Commands"], swiftSettings: settings, linkerSettings: releaseLinker),
        .executableTarget(
            name: "eio-lua-worker",
            dependencies: [
                "CommandLineParser", "CommandOptions", "JSONText", "LoadEngine", "LoadOutput", "LoadPlan",
                "LoadReport", "Locust", "LocustTransport", "Metrics", "ProcessSupport", "ScriptProcess", "Scripting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings, linkerSettings: releaseLinker),
        .target(
            name: "TestSupport", dependencies: [.product(name: "NIOCore", package: "swift-nio")],
            path: "Tests/TestSupport", swiftSettings: settings),
        .testTarget(
            name: "EngineIOTests",
            dependencies: ["EngineIO", "TestSupport", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: settings),
        .testTarget(
            name: "SocketIOTests", dependencies: ["EngineIO", "SocketIO", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "EngineIOServerTests",
            dependencies: [
                "EngineIO", "EngineIOServer", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "SocketIOServerTests", dependencies: ["SocketIO", "SocketIOServer", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "EpollLoopTests",
            dependencies: [
                "EpollLoop", "TestSupport", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "EngineIOClientTests",
            dependencies: [
                "EngineIO", "EngineIOClient", "EpollLoop", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "SocketIOClientTests",
            dependencies: [
                "EngineIO", "EngineIOClient", "SocketIO", "SocketIOClient",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: settings),
        // Against python-engineio and python-socketio, which EIO_PYTHON names: `scripts/test.sh integration` runs them.
        .testTarget(
            name: "EngineIOClientIntegrationTests",
            dependencies: [
                "EngineIO", "EngineIOClient", "SocketIO", "SocketIOClient", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(name: "LineEditorTests", dependencies: ["LineEditor", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "JSONTextTests", dependencies: ["JSONText"], swiftSettings: settings),
        .testTarget(name: "MetricsTests", dependencies: ["Metrics", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "LoadPlanTests", dependencies: ["LoadPlan", "Metrics", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "LoadEngineTests",
            dependencies: [
                "LoadEngine", "LoadPlan", "Metrics", "Scripting", "TestSupport",
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ScriptingTests",
            dependencies: [
                "CLuaHost", "EngineIO", "EngineIOClient", "ProcessSupport", "Scripting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "LoadOutputTests",
            dependencies: [
                "LoadOutput", "LoadReport", "Metrics", "ProcessSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "LoadReportTests",
            dependencies: ["JSONText", "LoadPlan", "LoadReport", "Metrics", "ProcessSupport", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "LocustTests",
            dependencies: ["LoadPlan", "Locust", "LocustTransport", "Metrics", "TestSupport"],
            swiftSettings: settings),
        .testTarget(name: "CommandLineParserTests", dependencies: ["CommandLineParser"], swiftSettings: settings),
        .testTarget(
            name: "TerminalClientTests",
            dependencies: ["EngineIO", "JSONText", "LineEditor", "ProcessSupport", "SocketIO", "TerminalClient"],
            swiftSettings: settings),
        .testTarget(
            name: "CommandsTests",
            dependencies: [
                "CommandOptions", "Commands", "ProcessSupport", "Scripting",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
    ],
    cLanguageStandard: .gnu11
)
