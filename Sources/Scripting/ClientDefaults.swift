import CLuaHost
import EngineIO
import EngineIOClient
import NIOCore

/// What a script's clients do without having been told by the script.
package struct ClientDefaults: Sendable {
    /// Who is shown their packets.
    package var trace: TracedUser?

    /// The transports of a `connect` without `transports`; empty for the client's own.
    package var transports: [Transport] = []
    /// Where connections come from; nil for what the system chooses. Its port is 0.
    package var localAddress: SocketAddress?

    package init() {}

    /// ``transports`` as C has them.
    var transportOrder: luahost_transports {
        let codes = self.transports.map(\.code) + Array(repeating: LUAHOST_NO_TRANSPORT, count: 3)
        return luahost_transports(order: (codes[0], codes[1], codes[2]))
    }
}
