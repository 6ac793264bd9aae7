import EngineIO
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import EngineIOClient

/// A session on an embedded loop that goes by transports in memory.
final class MemorySession {
    let eventLoop: EmbeddedEventLoop
    let loop: ClientLoop
    let delegate = RecordingDelegate()
    let session: ClientSession
    private let made: Made

    private final class Made { var transports: [MemoryTransport] = [] }

    /// - Parameter neighbor: a session on the same loop.
    init(
        transports: [Transport] = [.polling, .websocket], triesAll: Bool = false, beside neighbor: MemorySession? = nil,
        _ configure: (inout ClientConfiguration) -> Void = { _ in }
    ) throws {
        self.eventLoop = neighbor?.eventLoop ?? EmbeddedEventLoop()
        let loop = neighbor?.loop ?? ClientLoop(eventLoop: self.eventLoop)
        var options = ConnectOptions(url: try ServerURL("http://localhost:1"))
        options.transports = transports
        options.triesAllTransports = triesAll
        var configuration = ClientConfiguration()
        configure(&configuration)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let context = SessionContext(
            ClientSettings(loop: loop, configuration: configuration), options: options,
            observer: SessionObserver(logger: logger, loop: loop))
        let made = Made()
        func make(_ name: Transport) -> (ClientSession) -> MemoryTransport {
            { session in
                let transport = MemoryTransport(name, session)
                made.transports.append(transport)
                return transport
            }
        }
        let table = TransportTable(
            transports: [.polling: make(.polling), .websocket: make(.websocket)],
            targets: [.websocket: make(.websocket)])
        self.loop = loop
        self.made = made
        self.session = ClientSession(context, transports: table, delegate: self.delegate)
    }

    /// Ends what the session holds.
    deinit { self.session.finish(.clientDisconnect, nil) }

    /// Those that the session has made so far.
    var transports: [MemoryTransport] { self.made.transports }
    var last: MemoryTransport {
        get throws { try #require(self.transports.last) }
    }

    func connect() throws -> MemoryTransport {
        self.session.connect()
        self.eventLoop.run()
        return try self.last
    }

    /// Opens by polling; the upgrade is under way.
    func upgrading() throws -> (source: MemoryTransport, target: MemoryTransport) {
        let source = try self.connect()
        try source.receivePart(Self.openPacket)
        self.session.firstAnswerRead(by: source)
        return (source, try self.last)
    }

    func send(_ text: String) -> SendResult {
        var text = text
        return text.withUTF8 { self.session.send(.text, UnsafeRawBufferPointer($0)) }
    }

    static let openPacket =
        #"0{"sid":"S","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":9}"#
    static let openPacketWithoutUpgrades = #"0{"sid":"S","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#
}

/// Records the events of a session.
final class RecordingDelegate: SessionDelegate {
    var events: [String] = []
    private(set) var detail: DisconnectDetail?
    private(set) var error: ConnectionError?

    func sessionOpened(_ handshake: Handshake, transport: Transport, address: String) {
        self.events.append("opened \(transport)")
    }
    func sessionUpgraded() { self.events.append("upgraded") }
    func sessionConnected() { self.events.append("connected") }
    func sessionFailed(_ error: ConnectionError) {
        self.error = error
        self.events.append("failed")
    }
    func sessionReceived(_ kind: MessageKind, _ bytes: UnsafeRawBufferPointer) {
        self.events.append("\(kind) \(String(decoding: bytes, as: UTF8.self))")
    }
    func sessionWritable() { self.events.append("writable") }
    func sessionDrained() { self.events.append("drained") }
    func sessionClosed(_ reason: DisconnectReason, _ detail: DisconnectDetail, unwritten: Int) {
        self.detail = detail
        self.events.append("closed: \(reason), unwritten \(unwritten)")
    }
}
