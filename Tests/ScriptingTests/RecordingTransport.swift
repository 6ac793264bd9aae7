import EngineIO
import NIOCore

@testable import EngineIOClient

/// A transport without a connection: it records its calls, and a test decides what comes of them.
final class RecordingTransport: SessionTransport {
    let carrier: Carrier
    private(set) var calls: [String] = []
    /// The result of ``send(_:_:mayWait:)``.
    var sendResult = SendResult.sent
    var bufferedBytes = 0
    private var onDrained: (() -> Void)?

    init(_ observer: SessionObserver) { self.carrier = Carrier(.websocket, observer) }

    var phase: ConnectionError.Phase { .tcp }
    var missingOpenPacket: String { "no open packet" }
    var direct: WebSocketHandler? { nil }
    var unwrittenMessages: Int { 0 }
    var holdsPings: Bool { false }
    var hasUnreadPackets: Bool { false }

    func open() {}
    func start() {}
    func sendPong(_ data: UnsafeRawBufferPointer) {}
    func readToEnd() {}
    func serverClosed() {}
    func drop() {}
    func whenDrained(_ body: @escaping () -> Void) { self.onDrained = body }
    func setReading(_ isOn: Bool) { self.calls.append("setReading \(isOn)") }
    func close(timeout: TimeAmount) { self.calls.append("close within \(timeout.nanoseconds / 1_000_000_000) s") }

    func send(_ kind: MessageKind, _ bytes: UnsafeRawBufferPointer, mayWait: Bool) -> SendResult {
        self.calls.append("\(kind) \(String(decoding: bytes, as: UTF8.self))")
        return self.sendResult
    }

    func abort() -> Bool {
        self.calls.append("abort")
        return true
    }

    /// Everything is written.
    func drain() {
        self.bufferedBytes = 0
        self.onDrained?()
        self.onDrained = nil
    }
}
