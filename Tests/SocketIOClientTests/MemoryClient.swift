import EngineIO
import Logging
import NIOCore
import NIOEmbedded
import SocketIO
import Testing

@testable import EngineIOClient
@testable import SocketIOClient

/// A Socket.IO client on an embedded loop, whose sessions of Engine.IO go by websockets in memory.
final class MemoryClient {
    let eventLoop = EmbeddedEventLoop()
    let delegate: ScriptedDelegate
    let session: SocketIOSession
    private let made: Made

    private final class Made { var transports: [MemoryTransport] = [] }

    init(random: Double = 0.5, _ configure: (inout SocketIOConfiguration) -> Void = { _ in }) {
        let loop = ClientLoop(eventLoop: self.eventLoop)
        var configuration = SocketIOConfiguration()
        configure(&configuration)
        let made = Made()
        let settings = ClientSettings(loop: loop, configuration: configuration.engine)
        let table = TransportTable(
            transports: [
                .websocket: {
                    let transport = MemoryTransport(.websocket, $0)
                    made.transports.append(transport)
                    return transport
                }
            ], targets: [:])
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let delegate = ScriptedDelegate(SessionObserver(logger: logger, loop: loop))
        self.session = SocketIOSession(
            settings, configuration: configuration, logger: logger, delegate: delegate
        ) { options, observer, session in
            let context = SessionContext(settings, options: options, observer: observer)
            return ClientSession(context, transports: table, delegate: session)
        }
        delegate.random = random
        self.delegate = delegate
        self.made = made
        delegate.session = self.session
    }

    deinit {
        self.session.release()
        self.run()
    }

    func run() { self.eventLoop.run() }

    var events: [String] { self.delegate.events }
    /// How many sessions of Engine.IO were begun.
    var engines: Int { self.made.transports.count }
    /// That of the latest session.
    var transport: MemoryTransport {
        get throws { try #require(self.made.transports.last) }
    }
    /// The messages of the latest session.
    var sent: [String] { self.made.transports.last?.sent ?? [] }

    func connect(_ namespaces: [String] = ["/"], waits: Bool = true, retries: Bool = false) -> Bool {
        var request = SocketIOSession.Request(namespaces: namespaces)
        request.waitsForNamespaces = waits
        request.retries = retries
        defer { self.run() }
        return self.session.connect(request)
    }

    /// Connects Engine.IO, and lets the server send `messages`. Its next ping is due long after any pause of a test.
    func open(_ messages: String...) throws {
        try self.transport.receive(#"0{"sid":"S","upgrades":[],"pingInterval":25000000,"pingTimeout":20000}"#)
        self.run()
        try self.receive(messages)
    }

    /// Is connected, with the namespaces' ids `a`, `b`, ….
    func connected(_ namespaces: [String] = ["/"]) throws {
        #expect(self.connect(namespaces))
        try self.open()
        try self.accept(namespaces)
        self.delegate.events = []
        try self.transport.waiting = []
    }

    /// The server accepts namespaces, with the ids `a`, `b`, ….
    func accept(_ namespaces: [String]) throws {
        try self.receive(
            namespaces.enumerated().map { number, name in
                "0\(name == "/" ? "" : name + ",")" + #"{"sid":"\#(UnicodeScalar(UInt8(0x61 + number)))"}"#
            })
    }

    /// Text messages of the server.
    func receive(_ messages: [String]) throws {
        for message in messages { try self.transport.receive("4" + message) }
        self.run()
    }

    func receive(_ messages: String...) throws { try self.receive(messages) }

    func receive(binary bytes: [UInt8]) throws {
        let transport = try self.transport
        transport.session.received(.binary(ByteBuffer(bytes: bytes)), by: transport.carrier)
        self.run()
    }

    /// Engine.IO cannot connect.
    func refuse() throws {
        let transport = try self.transport
        transport.session.failed(transport, OpeningFailure(error: ConnectionError(.tcp, "refused")))
        self.run()
    }

    /// The connection is lost.
    func lose() throws {
        let transport = try self.transport
        transport.session.closed(transport, DisconnectDetail(.reset, message: "gone"))
        self.run()
    }

    /// The pause before an attempt passes.
    func passPause(_ seconds: Double) { self.eventLoop.advanceTime(by: .nanoseconds(Int64(seconds * 1e9))) }

    /// The time for the namespaces' answers passes.
    func passWaitTimeout() {
        self.eventLoop.advanceTime(by: .seconds(6))
        self.run()
    }

    func disconnect(abort: Bool = false) {
        self.session.disconnect(timeout: .seconds(30), abort: abort)
        self.run()
    }

    /// The transport has written everything, and closes.
    func closed() throws {
        let transport = try self.transport
        transport.waiting = []
        transport.session.closed(transport, DisconnectDetail(.client))
        self.run()
    }

    @discardableResult
    func emit(
        _ payload: String, _ namespace: String = "/", wantsAck: Bool = false, attachments: [String] = [],
        mayWait: Bool = true
    ) -> SocketIOSendResult {
        Self.withPacket(payload, namespace, attachments) { name, packet, headroom, attachments in
            self.session.emit(
                name, wantsAck: wantsAck, packet: packet, headroom: headroom, attachments: attachments,
                mayWait: mayWait)
        }
    }

    func acknowledge(_ event: ScriptedDelegate.Event, _ payload: String, attachments: [String] = [])
        -> SocketIOSendResult
    {
        var id = event.id
        return id.withUTF8 { id in
            Self.withPacket(payload, event.namespace, attachments) { name, packet, headroom, attachments in
                self.session.acknowledge(
                    name, connection: event.connection, id: UnsafeRawBufferPointer(id), packet: packet,
                    headroom: headroom, attachments: attachments)
            }
        }
    }

    private static func withPacket(
        _ payload: String, _ namespace: String, _ attachments: [String],
        _ body: (
            UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer, Int, UnsafeBufferPointer<UnsafeRawBufferPointer>
        ) -> SocketIOSendResult
    ) -> SocketIOSendResult {
        var namespace = namespace
        return namespace.withUTF8 { name in
            let headroom = SocketIOHeader.longest + name.count
            var packet = [UInt8](repeating: 0, count: headroom) + payload.utf8
            var parts = JoinedParts()
            for attachment in attachments { parts.append(Array(attachment.utf8)) }
            return parts.withParts { parts in
                packet.withUnsafeMutableBytes { body(UnsafeRawBufferPointer(name), $0, headroom, parts) }
            }
        }
    }
}
