import EngineIOClient
import SocketIO

/// The choices of a Socket.IO client.
public struct SocketIOConfiguration: Sendable {
    /// When a lost connection is made again.
    public var reconnection = ReconnectionPolicy()
    /// The most attachments of a packet that is received. One with more ends the session.
    public var maximumAttachments = 1000
    /// Whether a server that can do that is asked to go on with the session after a loss: the id, the rooms and the
    /// events that were missed.
    public var recoversConnectionState = false
    /// Timeouts, limits and TLS settings of the connections. Its limit of a message's length holds for a packet with
    /// its attachments.
    public var engine = ClientConfiguration()
    /// The form of the packets.
    package var serializer = SocketIOSerializer.json

    public init() {}
}
