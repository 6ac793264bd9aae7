import EngineIO
import SocketIO

/// Something that happens to a client, as ``SocketIOClient/SocketIOClient/events`` reports it. Later versions may add
/// events.
@nonexhaustive
public enum SocketIOClientEvent: Sendable {
    /// A namespace is connected, at first or again. `isRecovered`: the server has gone on with the session before the
    /// loss.
    case connected(namespace: String, sid: String, isRecovered: Bool)
    case event(SocketIOEvent)
    /// The server has refused a namespace, with this reason.
    case refused(namespace: String, SocketIOValue?)
    /// A namespace is over; there is one such event for each ``connected(namespace:sid:isRecovered:)``.
    case disconnected(namespace: String, DisconnectReason, DisconnectDetail, willReconnect: Bool)
    /// An attempt to connect has failed. Unless `willRetry`, nothing follows.
    case attemptFailed(SocketIOConnectError, willRetry: Bool)
}
