import EngineIO
import EngineIOClient
import NIOCore
import SocketIO

/// Is notified of everything that happens to a ``SocketIOSession``. All calls come on the session's loop, and none from
/// within a call of the session's own functions. Each may call the session.
package protocol SocketIOSessionDelegate: AnyObject {
    /// An attempt begins; 0 is that of ``SocketIOSession/connect(_:)``, the others repeat it or connect again. Answer,
    /// now or later, with ``SocketIOSession/open(_:observer:)`` or ``SocketIOSession/reject(_:)``.
    func socketIOAttempt(_ number: Int)
    /// Engine.IO is open. Answer, now or later, with ``SocketIOSession/authenticate(_:)`` or
    /// ``SocketIOSession/reject(_:)``.
    func socketIOEngineOpened(_ handshake: Handshake, transport: Transport, address: String)
    /// Namespaces that the server has refused after a loss, while it accepted others, are asked for again. Answer as
    /// for ``socketIOEngineOpened(_:transport:address:)``.
    func socketIORejoins(_ namespaces: [String])
    /// From now on everything goes by the transport that was upgraded to.
    func socketIOEngineUpgraded()
    /// The server has accepted a namespace; events that it had sent before were delivered. `after`: the time since
    /// CONNECT was sent; nil if the server did not wait for it.
    func socketIOConnected(namespace: String, sid: String, isRecovered: Bool, after: TimeAmount?)
    /// The server has refused a namespace. `payload`: as the serializer writes it; it may be empty.
    func socketIORefused(namespace: String, payload: UnsafeRawBufferPointer)
    /// Connecting is over, at first and after each loss: all namespaces have answered, and the upgrade is over.
    func socketIOReady()
    /// An attempt has failed. `willRetry`: another follows. The namespaces that it had connected were reported with
    /// ``socketIODisconnected(namespace:_:_:willReconnect:)``.
    func socketIOAttemptFailed(_ error: SocketIOConnectError, willRetry: Bool)
    /// An event. If its payload or attachments are not valid: ``SocketIOSession/illegal(_:_:)``.
    func socketIOEvent(_ event: SocketIOReceived)
    /// An ack. Nobody may wait for it.
    func socketIOAck(_ id: UInt64, _ ack: SocketIOReceived)
    /// A namespace is over. Called once for each ``socketIOConnected(namespace:sid:isRecovered:after:)``.
    func socketIODisconnected(
        namespace: String, _ reason: DisconnectReason, _ detail: DisconnectDetail, willReconnect: Bool)
    /// The session is over that ``socketIOReady()`` has reported. `unwritten`: messages that were taken and may not
    /// have been written. Unless `willReconnect`, nothing follows until ``SocketIOSession/connect(_:)``.
    func socketIOEnded(_ reason: DisconnectReason, _ detail: DisconnectDetail, unwritten: Int, willReconnect: Bool)
    /// A lost session is not made again: no attempt is left, or the program has disconnected.
    func socketIOGaveUp(byProgram: Bool)
    /// A random number from 0 to 1, for a pause before an attempt. Does not call the session.
    func socketIORandom() -> Double
    /// After ``SocketIOSendResult/full(ackID:)``, less than half of the limit waits.
    func socketIOWritable()
    /// After ``SocketIOSession/notifyDrained()``, everything that was sent is written.
    func socketIODrained()
}
