import EngineIO
import EngineIOClient
import NIOCore
import SocketIO

@testable import SocketIOClient

/// Records what a client reports, and answers as a test wants.
final class ScriptedDelegate: SocketIOSessionDelegate {
    /// An event that came, for its answer.
    struct Event {
        var namespace: String
        var connection: UInt64
        var id: String
    }

    private let observer: SessionObserver
    unowned var session: SocketIOSession!
    var events: [String] = []
    private(set) var received: [Event] = []
    private(set) var error: SocketIOConnectError?
    private(set) var detail: DisconnectDetail?
    var random = 0.5
    /// Whether attempts are opened at once.
    var opens = true
    /// Whether CONNECT is sent at once, and its payload.
    var authenticates = true
    var auth: String?
    /// Called with each line of ``events``.
    var reaction: (String) -> Void = { _ in }

    init(_ observer: SessionObserver) {
        self.observer = observer
    }

    func open() throws {
        var options = ConnectOptions(url: try ServerURL("http://localhost:1"))
        options.transports = [.websocket]
        self.session.open(options, observer: self.observer)
    }

    func authenticate() {
        guard var auth else { return self.session.authenticate(nil) }
        auth.withUTF8 { self.session.authenticate(UnsafeRawBufferPointer($0)) }
    }

    private func record(_ event: String) {
        self.events.append(event)
        self.reaction(event)
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

    func socketIOAttempt(_ number: Int) {
        self.record("attempt \(number)")
        if self.opens { try? self.open() }
    }

    func socketIOEngineOpened(_ handshake: Handshake, transport: Transport, address: String) {
        self.record("engine opened")
        if self.authenticates { self.authenticate() }
    }

    func socketIORejoins(_ namespaces: [String]) {
        self.record("rejoins \(namespaces.joined(separator: " "))")
        if self.authenticates { self.authenticate() }
    }

    func socketIOEngineUpgraded() { self.record("upgraded") }

    func socketIOConnected(namespace: String, sid: String, isRecovered: Bool, after: TimeAmount?) {
        self.record("connected \(namespace) \(sid)\(isRecovered ? " recovered" : "")")
    }

    func socketIORefused(namespace: String, payload: UnsafeRawBufferPointer) {
        self.record("refused \(namespace) \(Self.text(payload))")
    }

    func socketIOReady() { self.record("ready") }

    func socketIOAttemptFailed(_ error: SocketIOConnectError, willRetry: Bool) {
        self.error = error
        self.record("failed\(willRetry ? ", will retry" : "")")
    }

    func socketIOEvent(_ event: SocketIOReceived) {
        let (name, payload) = (Self.text(event.namespace), Self.text(event.payload))
        self.received.append(Event(namespace: name, connection: event.connection, id: Self.text(event.id)))
        let attachments = event.attachments.map { " + \(Self.text($0))" }.joined()
        self.record("event \(name) \(Self.text(event.id))\(payload)\(attachments)")
        if payload == #"["bad"]"# { self.session.illegal("a bad event", event) }
    }

    func socketIOAck(_ id: UInt64, _ ack: SocketIOReceived) {
        let attachments = ack.attachments.map { " + \(Self.text($0))" }.joined()
        self.record("ack \(Self.text(ack.namespace)) \(id) \(Self.text(ack.payload))\(attachments)")
    }

    func socketIODisconnected(
        namespace: String, _ reason: DisconnectReason, _ detail: DisconnectDetail, willReconnect: Bool
    ) {
        self.detail = detail
        self.record("disconnected \(namespace): \(reason)\(willReconnect ? ", will reconnect" : "")")
    }

    func socketIOEnded(
        _ reason: DisconnectReason, _ detail: DisconnectDetail, unwritten: Int, willReconnect: Bool
    ) {
        self.detail = detail
        self.record("ended: \(reason), unwritten \(unwritten)\(willReconnect ? ", will reconnect" : "")")
    }

    func socketIOGaveUp(byProgram: Bool) { self.record("gave up\(byProgram ? " by the program" : "")") }
    func socketIORandom() -> Double { self.random }
    func socketIOWritable() { self.record("writable") }
    func socketIODrained() { self.record("drained") }
}
