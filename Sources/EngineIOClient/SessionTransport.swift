import EngineIO
import NIOCore

/// Carries the packets of one session, and hides how. It reports to the ``ClientSession`` that made it.
///
/// A session asks no transport which one it is: what differs between them is behind these functions.
protocol SessionTransport: AnyObject {
    /// The name and the counters of the transport.
    var carrier: Carrier { get }
    /// How far ``open()`` has come.
    var phase: ConnectionError.Phase { get }
    /// Says that the first packet of the server did not open the session.
    var missingOpenPacket: String { get }
    /// Itself, if it takes messages and needs no other call for each of them than
    /// ``WebSocketHandler/send(_:_:mayWait:)``.
    var direct: WebSocketHandler? { get }

    /// Connects. ``ClientSession/connected(_:opensWithin:)`` or ``ClientSession/failed(_:_:)`` follows, later, unless
    /// ``drop()`` is called before.
    func open()
    /// The session goes by this transport and not by another.
    func start()

    func send(_ kind: MessageKind, _ bytes: UnsafeRawBufferPointer, mayWait: Bool) -> SendResult
    /// Answers a ping with its data. One pong waits at most, the answer to the latest ping.
    func sendPong(_ data: UnsafeRawBufferPointer)
    /// Bytes that were sent and that neither the system nor the server has taken.
    var bufferedBytes: Int { get }
    /// Messages that were sent and may not have been written.
    var unwrittenMessages: Int { get }
    /// Calls `body` once, later, when everything that was sent is written. Not called if the connection ends before.
    func whenDrained(_ body: @escaping () -> Void)

    /// Pauses or resumes reading for a script that is behind.
    func setReading(_ isOn: Bool)
    /// Whether pings of the server may wait unread, for a reason of the transport's own.
    var holdsPings: Bool { get }
    /// Whether packets wait here that can be read without the connection.
    var hasUnreadPackets: Bool { get }
    /// The connection is lost: reads what has come to its end, and sends nothing any more.
    func readToEnd()

    /// Writes everything that was sent, then closes on both levels. ``ClientSession/closed(_:_:)`` follows.
    ///
    /// - Parameter timeout: how long the writing may take.
    func close(timeout: TimeAmount)
    /// Closes without waiting for the server.
    ///
    /// - Returns: whether that is over. Otherwise ``ClientSession/closed(_:_:)`` follows.
    func abort() -> Bool
    /// The server has closed the session.
    func serverClosed()
    /// Releases the connection without a packet. Nothing is reported after it.
    func drop()
}
