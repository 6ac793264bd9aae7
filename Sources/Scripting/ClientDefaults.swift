import CLuaHost
import EngineIO
import EngineIOClient
import NIOCore

/// Settings of a script's clients that do not come from the script.
package struct ClientDefaults: Sendable {
    /// The user in whose name a trace shows their packets.
    package var trace: TracedUser?

    /// The transports of a `connect` without `transports`; empty for the client's own.
    package var transports: [Transport] = []
    /// The local address of connections; nil lets the system choose. Its port is 0.
    package var localAddress: SocketAddress?

    package init() {}

    /// ``transports`` as C has them.
    var transportOrder: luahost_transports {
        let codes = self.transports.map(\.code) + Array(repeating: LUAHOST_NO_TRANSPORT, count: 3)
        return luahost_transports(order: (codes[0], codes[1], codes[2]))
    }
}
