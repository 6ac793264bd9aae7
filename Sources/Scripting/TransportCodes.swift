import CLuaHost
import EngineIO

extension Transport {
    private static let codes: [(transport: Transport, code: luahost_transport)] = [
        (.polling, LUAHOST_POLLING), (.websocket, LUAHOST_WEBSOCKET),
    ]

    /// The number of this transport in C.
    var code: luahost_transport { Self.codes.first { $0.transport == self }?.code ?? LUAHOST_NO_TRANSPORT }

    /// - Parameter code: as ``code``; nil for the number that ends a list.
    init?(code: luahost_transport) {
        guard let entry = Self.codes.first(where: { $0.code == code }) else { return nil }
        self = entry.transport
    }
}
