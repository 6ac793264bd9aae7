import EngineIO
import EngineIOClient
import NIOCore
import SocketIO

/// A client of Engine.IO, through all of its sessions.
final class EngineLink: ServerLink, SessionDelegate {
    weak var delegate: (any ServerLinkDelegate)?
    private let settings: LinkSettings
    private let client: ClientSettings
    private var session: ClientSession?
    private var meter = PhaseMeter()
    private var opening: Report.Opening?
    private var policy = ReconnectionPolicy()
    private var pause: Scheduled<Void>?
    private var isReading = true
    private var isClosing = false

    init(_ settings: LinkSettings, loop: ClientLoop) {
        self.settings = settings
        self.client = ClientSettings(loop: loop, configuration: settings.configuration)
    }

    private var loop: ClientLoop { self.client.loop }

    var bufferedBytes: Int { self.session?.bufferedBytes ?? 0 }

    func connect() {
        self.isClosing = false
        self.meter = PhaseMeter()
        let observer = SessionObserver(
            logger: self.settings.logger, trace: self.settings.trace.map { TracedUser($0) }, meter: self.meter,
            loop: self.loop)
        let session = ClientSession(self.client, options: self.settings.options, observer: observer, delegate: self)
        self.session = session
        if !self.isReading { session.setReading(false) }
        session.connect()
    }

    func send(_ message: OutgoingMessage) -> LinkResult {
        guard let session else { return .notConnected }
        let result: SendResult
        switch message {
        case .text(var text): result = text.withUTF8 { session.send(.text, UnsafeRawBufferPointer($0)) }
        case .bytes(let bytes): result = bytes.withUnsafeBytes { session.send(.binary, $0) }
        case .event: return .refused("Engine.IO has no events")
        }
        switch result {
        case .sent: return .sent(ack: nil)
        case .full: return .full(ack: nil)
        case .notConnected, .refused: return .notConnected
        case .invalidUTF8(let offset): return .refused("the text is not UTF-8 at byte \(offset + 1)")
        case .separator(let offset):
            return .refused("byte \(offset + 1) is U+001E, which separates messages in polling: send it as binary")
        }
    }

    func setReading(_ isOn: Bool) {
        self.isReading = isOn
        self.session?.setReading(isOn)
    }

    func notifyDrained() { self.session?.notifyDrained() }

    func close(timeout: TimeAmount) {
        self.isClosing = true
        if let pause {
            self.pause = nil
            pause.cancel()
            let error = ConnectionError(.open, "disconnected while connecting")
            return self.loop.eventLoop.assumeIsolated().execute {
                self.delegate?.linkFailed(error.description, willRetry: false)
            }
        }
        self.session?.close(timeout: timeout, abort: false)
    }

    /// - Returns: whether another attempt follows.
    private func retry() -> Bool {
        self.session = nil
        self.opening = nil
        guard self.settings.retries, !self.isClosing, let pause = self.policy.next(random: .random(in: 0...1)) else {
            return false
        }
        let time = TimeAmount.nanoseconds(Int64(pause * 1e9))
        self.pause = self.loop.eventLoop.assumeIsolated().scheduleTask(in: time) {
            self.pause = nil
            self.connect()
        }
        return true
    }

    // MARK: SessionDelegate

    func sessionOpened(_ handshake: Handshake, transport: Transport, address: String) {
        self.opening = Report.Opening(address: address, transport: transport, sid: handshake.sid)
    }

    func sessionUpgraded() { self.opening?.transport = .websocket }

    func sessionConnected() {
        self.policy.reset()
        guard var opening else { return }
        opening.phases = self.meter.phases
        self.delegate?.linkOpened(opening)
    }

    func sessionFailed(_ error: ConnectionError) {
        self.delegate?.linkFailed(error.description, willRetry: self.retry())
    }

    func sessionReceived(_ kind: MessageKind, _ bytes: UnsafeRawBufferPointer) {
        let report: Report = kind == .text ? .text(String(decoding: bytes, as: UTF8.self)) : .bytes(Array(bytes))
        self.delegate?.linkReceived(report, size: bytes.count)
    }

    func sessionWritable() { self.delegate?.linkWritable() }

    func sessionDrained() { self.delegate?.linkDrained() }

    func sessionClosed(_ reason: DisconnectReason, _ detail: DisconnectDetail, unwritten: Int) {
        let willRetry = reason == .transportError && self.retry()
        self.session = nil
        self.delegate?.linkClosed(reason, detail, unwritten: unwritten, willRetry: willRetry)
    }
}
