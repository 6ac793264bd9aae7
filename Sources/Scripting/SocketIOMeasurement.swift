import EngineIO
import EngineIOClient
import NIOCore
import SocketIOClient

/// Measures one Socket.IO client of a load test: knows the acks that are open, and whether it reconnects.
///
/// Acks of a user that is stopped stay open: the end of the load test is not a fault of the server.
final class SocketIOMeasurement {
    /// An ack that is awaited. Each connection of a namespace has its own numbers.
    private struct Ack: Hashable {
        let connection: UInt64
        let id: UInt64
    }

    private struct Request {
        let event: UInt32
        let start: NIODeadline
    }

    private let meter: any SocketIOMeter
    /// As many as a client may await (LUAHOST_SIO_MOST_ACKS).
    private var open: [Ack: Request] = [:]
    private var isStopped = false
    /// The client was connected since the script called `connect`: attempts from now on connect again.
    private var wasReady = false
    private var isReconnecting = false
    /// A function of the script has ended the attempt.
    private var isRejected = false

    init(_ meter: any SocketIOMeter) { self.meter = meter }

    // MARK: Events

    /// - Parameters:
    ///   - connection: that of the namespace.
    ///   - ackID: 0 if the event wants no ack.
    func sent(_ name: UnsafeRawBufferPointer, connection: UInt64, ackID: UInt64) {
        let event = self.meter.number(ofEvent: name)
        self.meter.eventSent(event, wantsAck: ackID != 0)
        if ackID != 0 { self.open[Ack(connection: connection, id: ackID)] = Request(event: event, start: .now()) }
    }

    func received(_ name: UnsafeRawBufferPointer) { self.meter.eventReceived(self.meter.number(ofEvent: name)) }

    func ackEnded(connection: UInt64, id: UInt64, _ outcome: AckOutcome) {
        guard let request = self.open.removeValue(forKey: Ack(connection: connection, id: id)) else { return }
        self.end(request, outcome)
    }

    private func end(_ request: Request, _ outcome: AckOutcome) {
        self.meter.ackEnded(request.event, outcome, after: .now() - request.start)
    }

    // MARK: Connections

    func connectRequested() { (self.wasReady, self.isReconnecting) = (false, false) }

    func attemptBegan() { (self.isReconnecting, self.isRejected) = (self.wasReady, false) }

    func rejected() { self.isRejected = true }

    /// - Parameter time: nil if the server did not wait for CONNECT.
    func connected(_ namespace: String, after time: TimeAmount?) {
        if let time { self.meter.namespaceConnected(namespace, after: time) }
    }

    func ready() {
        self.reconnectEnded(.ok)
        self.wasReady = true
    }

    /// A namespace is over, or all of them are: the acks of its connection do not come any more.
    ///
    /// - Parameter isConnected: whether a namespace still has the connection with this number.
    func disconnected(unless isConnected: (UInt64) -> Bool) {
        guard !self.open.isEmpty, !self.isStopped else { return }
        for (ack, request) in self.open where !isConnected(ack.connection) {
            self.open[ack] = nil
            self.end(request, .disconnected)
        }
    }

    /// - Returns: the error; if it is one of namespaces, marked as measured.
    func attemptFailed(_ error: SocketIOConnectError) -> SocketIOConnectError {
        self.reconnectEnded(.failed)
        guard error.error.phase == .namespace, !self.isRejected else { return error }
        self.meter.namespacesFailed(error.description)
        var measured = error.error
        measured.isMeasured = true
        return SocketIOConnectError(
            measured, refused: error.refused, reasons: error.reasons, silent: error.silent)
    }

    /// No further attempt follows.
    func gaveUp() { self.reconnectEnded(.interrupted) }

    private func reconnectEnded(_ outcome: ReconnectOutcome) {
        guard self.isReconnecting else { return }
        self.isReconnecting = false
        self.meter.reconnectEnded(outcome)
    }

    /// The user is stopped: acks that are open stay open.
    func stop() { self.isStopped = true }
}
