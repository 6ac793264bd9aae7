import EngineIO

/// An event of a session, as ``EngineIOClient/events`` reports it. Later versions may add events.
@nonexhaustive
public enum ClientEvent: Sendable, Equatable {
    /// A session is open. The upgrade, if there is one, has not been tried yet.
    case connected(Handshake)
    case message(Message)
    /// The session is over; there is one such event for each ``connected(_:)``.
    case disconnected(DisconnectReason, DisconnectDetail)
}
