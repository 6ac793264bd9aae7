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

    /// ``transports`` as C has them: ended by 0.
    var transportCodes: (CInt, CInt, CInt) {
        let codes = self.transports.map { $0 == .polling ? 1 as CInt : 2 } + [0, 0, 0]
        return (codes[0], codes[1], codes[2])
    }
}
