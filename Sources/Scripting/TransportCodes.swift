import CLuaHost
import EngineIO

extension Transport {
    private static let codes: [Transport: luahost_transport] = [
        .polling: LUAHOST_POLLING, .websocket: LUAHOST_WEBSOCKET,
    ]

    /// The number of this transport in C.
    var code: luahost_transport { Self.codes[self] ?? LUAHOST_NO_TRANSPORT }

    /// - Parameter code: as ``code``; nil for the number that ends a list.
    init?(code: luahost_transport) {
        guard let entry = Self.codes.first(where: { $0.value == code }) else { return nil }
        self = entry.key
    }
}
