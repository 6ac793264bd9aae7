import EngineIO
import EngineIOClient
import NIOCore
import SocketIO

/// Something that happened to the session, for the output.
package enum Report: Sendable {
    case open(Opening)
    case text(String)
    case bytes([UInt8])
    case event(name: String, arguments: [SocketIOValue])
    /// The server's answer to an event of the user.
    case ack(name: String, arguments: [SocketIOValue])
    case close(DisconnectReason, DisconnectDetail)
}

extension Report {
    package struct Opening: Sendable {
        /// Without a query.
        package var address: String
        package var transport: Transport
        /// That of the namespace for Socket.IO.
        package var sid: String
        package var namespace: String?
        package var phases: [Phase] = []
    }

    /// A part of connecting, and how long it took.
    package struct Phase: Sendable {
        package var name: String
        package var time: TimeAmount
    }
}
