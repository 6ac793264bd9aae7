import EngineIO
import Logging
import NIOCore

/// One session from the handshake to its end, on one event loop: does what ``SessionMachine`` decides.
///
/// Its transports report to it; it never calls its delegate from within a call of its own functions.
package final class ClientSession {
    /// How long the server may take to answer the close packet or frame once everything is written.
    static let closeGracePeriod = TimeAmount.seconds(2)

    let context: SessionContext
    private let transports: TransportTable
    /// Released when the end was reported.
    var delegate: (any SessionDelegate)?
    /// A copy of the observer's: each message checks it.
    let watchesPackets: Bool

    private(set) var machine: SessionMachine {
        didSet {
            let direct = self.machine.isOpen ? self.machine.current?.direct : nil
            self.sender = direct.map { Unmanaged.passUnretained($0) }
        }
    }
    /// The transport of an open session that takes messages at once, for the calls that each message makes: without a
    /// retain. Not checked for overlapping accesses, because nothing is called while one is open.
    @exclusivity(unchecked) private(set) var sender: Unmanaged<WebSocketHandler>?
    /// The upgrade that succeeded, while packets that came by its source are unread.
    var unreadUpgrade: UpgradeAttempt?

    var timers = SessionTimers()
    var heartbeat: Heartbeat?
    var startedAt = NIODeadline.uptimeNanoseconds(0)
    /// The script is behind.
    var isReadingPaused = false
    /// A sender waits for ``SessionDelegate/sessionWritable()``.
    private var isFull = false
    /// Set once the connection is gone, while packets that came before are read.
    var rest: UnreadRest?
    var unexpectedPackets = 0
    /// The longest message that the server takes, in bytes: its maxPayload.
    var serverLimit = Int.max
    /// Describes a message that was longer.
    var oversized: String?

    package convenience init(
        _ settings: ClientSettings, options: ConnectOptions, observer: SessionObserver, delegate: any SessionDelegate
    ) {
        let context = SessionContext(settings, options: options, observer: observer)
        self.init(context, transports: .standard, delegate: delegate)
    }

    /// - Parameter transports: makes the transports.
    init(_ context: SessionContext, transports: TransportTable, delegate: any SessionDelegate) {
        self.context = context
        self.transports = transports
        self.delegate = delegate
        self.watchesPackets = context.observer.watchesPackets
        self.machine = SessionMachine(transports: context.transports)
    }

    var observer: SessionObserver { self.context.observer }
    var meter: (any SessionMeter)? { self.context.observer.meter }
    var handshake: Handshake? { self.machine.opening?.handshake }
    var isOpen: Bool { self.machine.isOpen }
    var isClosing: Bool { self.machine.isClosing }

    func makeTransport(_ name: Transport) -> (any SessionTransport)? { self.transports.transports[name]?(self) }

    func makeTarget(_ name: Transport) -> (any UpgradeTarget)? { self.transports.targets[name]?(self) }

    /// Lets the machine decide; the caller does what it returns.
    func decide<Action>(_ event: (inout SessionMachine) -> Action) -> Action { event(&self.machine) }

    func schedule(_ amount: TimeAmount, _ body: @escaping (ClientSession) -> Void) -> NetworkTimer {
        // No weak reference: one makes every retain of the object slower for good. The timer is cancelled at
        // the end, or over soon.
        NetworkTimer(on: self.context.loop.eventLoop, in: amount) { body(self) }
    }

    // MARK: Sending

    /// Takes a message to be sent.
    ///
    /// - Parameters:
    ///   - mayWait: whether the sender can wait after ``SendResult/full``; one that cannot is refused while more than
    ///     the limit waits.
    ///   - isUTF8: a text is known to be valid.
    @inline(__always)
    package func send(
        _ kind: MessageKind, _ bytes: UnsafeRawBufferPointer, mayWait: Bool = true, isUTF8: Bool = false
    ) -> SendResult {
        guard let sender = self.sender else { return self.sendIndirectly(kind, bytes, mayWait: mayWait) }
        if kind == .text, !isUTF8, let offset = UTF8Validation.firstInvalidOffset(bytes) { return .invalidUTF8(offset) }
        if bytes.count >= self.serverLimit { self.noteOversized(bytes.count) }
        // Nothing that this calls releases the handler: what it causes happens later.
        let result = sender._withUnsafeGuaranteedRef { $0.send(kind, bytes, mayWait: mayWait) }
        if result == .full { self.isFull = true }
        return result
    }

    private func sendIndirectly(
        _ kind: MessageKind, _ bytes: UnsafeRawBufferPointer, mayWait: Bool
    ) -> SendResult {
        guard self.isOpen, let transport = self.machine.current else { return .notConnected }
        if kind == .text, let offset = UTF8Validation.firstInvalidOffset(bytes) { return .invalidUTF8(offset) }
        if bytes.count >= self.serverLimit { self.noteOversized(bytes.count) }
        let result = transport.send(kind, bytes, mayWait: mayWait)
        if result == .full { self.isFull = true }
        return result
    }

    /// The server may end the session because of it without saying why: then the end says so.
    private func noteOversized(_ length: Int) {
        self.oversized =
            "a message of \(length) bytes was sent, the server takes \(self.serverLimit) bytes (maxPayload)"
        self.observer.logger.warning("\(self.oversized ?? ""): it may end the session")
    }

    /// Bytes that were sent and that the system has not taken.
    package var bufferedBytes: Int { self.machine.current?.bufferedBytes ?? 0 }

    /// Notifies the delegate, later, when everything that was sent is written; not if the session ends before.
    package func notifyDrained() {
        self.machine.current?.whenDrained { self.delegate?.sessionDrained() }
    }

    /// Less than half of the limit waits in a transport.
    func writable() {
        guard self.isFull else { return }
        self.isFull = false
        self.delegate?.sessionWritable()
    }

    // MARK: Reading

    /// Pauses or resumes reading from the server. Pings that are not read meanwhile do not count against it.
    package func setReading(_ isOn: Bool) {
        guard self.isReadingPaused == isOn else { return }
        self.isReadingPaused = !isOn
        self.machine.current?.setReading(isOn)
        self.unreadUpgrade?.source.setReading(isOn)
        self.readingChanged()
    }
}
