import EngineIO
import NIOCore

@testable import EngineIOClient

/// A transport without a connection: it records its calls, and a test plays the server.
final class MemoryTransport: UpgradeSource, UpgradeTarget {
    let session: ClientSession
    let carrier: Carrier
    private(set) var calls: [String] = []
    /// Packets that were sent and are not "written" yet.
    var waiting: [Packet] = []
    var hasUnreadPackets = false
    var holdsPings = false
    /// Whether an abort is over at once.
    var abortsAtOnce = true
    /// The result of ``send(_:_:mayWait:)``.
    var sendResult = SendResult.sent
    /// Senders that cannot wait are refused while so many packets wait.
    var limit = Int.max

    init(_ name: Transport, _ session: ClientSession) {
        self.session = session
        self.carrier = Carrier(name, session.context.observer)
    }

    var phase: ConnectionError.Phase { .tcp }
    var missingOpenPacket: String { "no open packet by \(self.carrier.name)" }
    var direct: WebSocketHandler? { nil }
    var upgrade: Transport { .websocket }

    func open() { self.calls.append("open") }
    func start() { self.calls.append("start") }
    func pause() { self.calls.append("pause") }
    func resume() { self.calls.append("resume") }
    func read(_ body: ByteBuffer) { self.calls.append("read \(String(buffer: body))") }
    func readToEnd() { self.calls.append("readToEnd") }
    func setReading(_ isOn: Bool) { self.calls.append("setReading \(isOn)") }
    func sendProbe() { self.calls.append("sendProbe") }
    func confirmUpgrade() { self.calls.append("confirmUpgrade") }
    func waitForSource() { self.calls.append("waitForSource") }
    func sourceIsRead() { self.calls.append("sourceIsRead") }
    func whenDrained(_ body: @escaping () -> Void) { body() }
    func close(timeout: TimeAmount) { self.calls.append("close") }
    func serverClosed() { self.calls.append("serverClosed") }
    func drop() { self.calls.append("drop") }

    func abort() -> Bool {
        self.calls.append("abort")
        return self.abortsAtOnce
    }

    func send(_ kind: MessageKind, _ bytes: UnsafeRawBufferPointer, mayWait: Bool) -> SendResult {
        guard mayWait || self.waiting.count < self.limit else { return .refused }
        self.waiting.append(Packet(type: .message, kind: kind, data: ByteBuffer(bytes: bytes)))
        return self.sendResult
    }

    func sendPong(_ data: UnsafeRawBufferPointer) {
        self.calls.append("pong \(String(decoding: data, as: UTF8.self))")
    }

    var bufferedBytes: Int { self.waiting.reduce(0) { $0 + $1.data.readableBytes } }
    var unwrittenMessages: Int { self.waiting.count }
    var sent: [String] { self.waiting.map { String(buffer: $0.data) } }

    func handOver() -> WaitingPackets {
        self.calls.append("handOver")
        defer { self.waiting = [] }
        return WaitingPackets(packets: CircularBuffer(self.waiting), drain: DrainWaiters())
    }

    func takeOver(_ waiting: WaitingPackets) { self.waiting += waiting.packets }

    // MARK: The server

    /// A packet comes.
    func receive(_ text: String) {
        var text = text
        text.withUTF8 { self.session.received(packet: UnsafeRawBufferPointer($0), by: self) }
    }

    /// A packet comes as part of a polling body, whose end does not settle the transport.
    func receivePart(_ text: String) throws {
        var text = text
        try text.withUTF8 {
            self.session.received(try ReceivedPacket(UnsafeRawBufferPointer($0)), by: self.carrier)
        }
    }
}
