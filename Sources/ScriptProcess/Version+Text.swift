import CLuaHost
import ProcessSupport

extension Version {
    /// The program, the Lua library that runs, and the protocols, for `--version`.
    package static let text = "eio-lua \(number) (\(Self.lua), Engine.IO 4, Socket.IO 5)"

    private static let lua = {
        let version = luahost_lua_version()
        return String(decoding: UnsafeRawBufferPointer(start: version.data, count: version.length), as: UTF8.self)
    }()
}
