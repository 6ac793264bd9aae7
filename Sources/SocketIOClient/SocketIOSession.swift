import EngineIO
import EngineIOClient
import Logging
import NIOCore
import SocketIO

/// One Socket.IO client on one event loop, through all of its sessions: does what ``ConnectionMachine`` and
/// `NamespaceMachine` decide.
///
/// It never calls its delegate from within a call of its own functions. Payloads are bytes to it: the delegate reads
/// and writes them.
package final class SocketIOSession {
    /// The wishes of a program that connects.
    package struct Request {
        package var namespaces: [String]
        /// Whether connecting is over only when all namespaces have answered. Reconnecting always waits for them.
        package var waitsForNamespaces = true
        /// How long the namespaces may take together, from CONNECT on.
        package var waitTimeout = TimeAmount.seconds(5)
        /// Whether a first attempt that fails is repeated by the policy for lost connections.
        package var retries = false

        package init(namespaces: [String]) {
            self.namespaces = namespaces
        }
    }

    /// Makes the Engine.IO session of an attempt.
    package typealias MakeEngine = (ConnectOptions, SessionObserver, any SessionDelegate) -> ClientSession

    private let settings: ClientSettings
    let logger: Logger
    /// A test's own. A client that is idle keeps it, so the usual function is not stored.
    private let makeEngine: MakeEngine?
    /// Released by ``release()``.
    ///
    /// Not checked for overlapping accesses, as those below: nothing is called while one is open, and each packet would
    /// pay for the checks.
    @exclusivity(unchecked) package var delegate: (any SocketIOSessionDelegate)?

    @exclusivity(unchecked) var machine: ConnectionMachine
    @exclusivity(unchecked) var namespaces: NamespaceMachine
    @exclusivity(unchecked) var reader: SocketIOPacketReader
    /// That of the program's latest ``connect(_:)``, whose other parts are in ``machine`` and ``namespaces``.
    private var waitTimeout = TimeAmount.zero
    private(set) var engine: ClientSession? {
        didSet { self.sender = self.engine.map { Unmanaged.passUnretained($0) } }
    }
    /// ``engine`` for the calls that each packet makes: without a retain.
    @exclusivity(unchecked) private(set) var sender: Unmanaged<ClientSession>?
    private var waitTimer: NetworkTimer?
    /// The pause before the next attempt, or before the refused namespaces are asked for again.
    private var pause: Scheduled<Void>?
    /// That of the program's latest ``connect(_:)``.
    private var waitsForNamespaces = true
    private var isReadingPaused = false
    private(set) var hasWarnedOfAttachments = false

    /// - Parameters:
    ///   - settings: of the sessions of Engine.IO; `configuration` has no others.
    ///   - makeEngine: nil makes sessions on the network.
    package init(
        _ settings: ClientSettings, configuration: SocketIOConfiguration, logger: Logger,
        delegate: (any SocketIOSessionDelegate)? = nil, makeEngine: MakeEngine? = nil
    ) {
        self.settings = settings
        self.logger = logger
        self.makeEngine = makeEngine
        self.delegate = delegate
        self.machine = ConnectionMachine(configuration.reconnection)
        self.namespaces = NamespaceMachine(
            configuration.serializer, recovers: configuration.recoversConnectionState)
        self.reader = SocketIOPacketReader(
            configuration.serializer, maximumAttachments: configuration.maximumAttachments,
            maximumSize: settings.configuration.maximumMessageSize)
    }

    var loop: ClientLoop { self.settings.loop }

    package var serializer: SocketIOSerializer { self.reader.serializer }

    /// The most bytes of a packet with its attachments, and of the events that wait for a namespace.
    var maximumSize: Int { self.settings.configuration.maximumMessageSize }

    /// A random number for a pause, from 0 to 1.
    func nextRandom() -> Double { self.delegate?.socketIORandom() ?? 0 }

    /// Calls `body` on the loop after everything that is under way now.
    func later(_ body: @escaping () -> Void) { self.loop.eventLoop.assumeIsolated().execute(body) }

    // MARK: Connecting

    /// Connects; ``SocketIOSessionDelegate/socketIOAttempt(_:)`` follows, later.
    ///
    /// - Returns: false if the client is connected, or connects already.
    package func connect(_ request: Request) -> Bool {
        guard self.machine.connectRequested(retries: request.retries) else { return false }
        self.namespaces.want(request.namespaces)
        self.waitsForNamespaces = request.waitsForNamespaces
        self.waitTimeout = request.waitTimeout
        let attempt = self.machine.attempt
        self.later {
            guard self.machine.attempt == attempt else { return }
            self.delegate?.socketIOAttempt(0)
        }
        return true
    }

    /// Connects Engine.IO for the attempt that the delegate was notified of. Does nothing if that was stopped.
    ///
    /// - Parameter observer: of this one session of Engine.IO.
    package func open(_ options: ConnectOptions, observer: SessionObserver) {
        guard self.machine.advance(from: .options, to: .engine) else { return }
        self.reader.restart()
        var options = options
        options.missingPathHint = options.missingPathHint ?? .socketIO
        let engine =
            self.makeEngine?(options, observer, self)
            ?? ClientSession(self.settings, options: options, observer: observer, delegate: self)
        self.engine = engine
        if self.isReadingPaused { engine.setReading(false) }
        engine.connect()
    }

    /// Sends CONNECT for the namespaces that are wanted.
    ///
    /// - Parameter payload: the object for the server's handlers, as the serializer writes it; nil sends an empty one.
    package func authenticate(_ payload: UnsafeRawBufferPointer?) {
        let isAttempt = self.machine.advance(from: .authentication, to: .namespaces)
        guard isAttempt || self.machine.state == .open else { return }
        let waits = isAttempt && (self.waitsForNamespaces || self.machine.isReconnecting)
        let asking: NamespaceMachine.Asking = waits ? .attempt : isAttempt ? .program : .again
        let asked = self.namespaces.ask(asking, now: self.loop.now.uptimeNanoseconds)
        for index in asked { self.sendConnect(index, payload) }
        guard isAttempt else { return }
        if waits { self.limitWaiting() } else { self.watchForSilence() }
        // Not from within this call.
        self.later { self.checkReady() }
    }

    private func limitWaiting() {
        let time = self.waitTimeout
        self.waitTimer = NetworkTimer(on: self.loop.eventLoop, in: time) {
            guard !self.namespaces.isAnswered else { return }
            self.attemptFailed(self.namespacesFailed())
        }
    }

    /// A program that does not wait gets no error if the server answers nothing.
    private func watchForSilence() {
        let time = self.waitTimeout
        self.waitTimer = NetworkTimer(on: self.loop.eventLoop, in: time) {
            guard self.machine.state == .open, self.namespaces.isSilent else { return }
            self.logger.warning("\(SocketIOConnectError.unanswered(within: time))")
        }
    }

    private func namespacesFailed() -> SocketIOConnectError {
        SocketIOConnectError(
            self.namespaces, within: self.waitTimeout, isAnswered: self.machine.attempt?.isAnswered ?? true)
    }

    func endWaiting() {
        self.waitTimer?.cancel()
        self.waitTimer = nil
    }

    /// The attempt fails because of the program, for example because a function of it has failed. It is not repeated
    /// if it was the first.
    package func reject(_ error: SocketIOConnectError) {
        self.attemptFailed(error, mayRetry: !(self.machine.attempt?.isInitial ?? true))
    }

    /// Connecting is over if all namespaces have answered, and none of them stands against it.
    func checkReady() {
        guard let attempt = self.machine.attempt, attempt.stage == .namespaces, self.namespaces.isAnswered else {
            return
        }
        // Without waiting, it is the timer of a warning.
        if self.waitsForNamespaces || !attempt.isInitial { self.endWaiting() }
        let hasRefused = !self.namespaces.refused.isEmpty
        // After a loss the accepted namespaces stay, and the others are asked for again.
        let mustHaveAll = attempt.isInitial && self.waitsForNamespaces
        if hasRefused,
            mustHaveAll || !attempt.isInitial && self.namespaces.connectedIndices.isEmpty || !self.namespaces.isInUse
        {
            return self.attemptFailed(self.namespacesFailed())
        }
        guard self.namespaces.isInUse else { return self.attemptFailed(.leftByServer, mayRetry: false) }
        guard self.machine.answered() else { return }
        if self.namespaces.postponed.isEmpty { self.machine.succeeded() } else { self.rejoinLater() }
        self.delegate?.socketIOReady()
    }

    /// Asks again, after a pause, for namespaces that the server has refused although it accepted others.
    func rejoinLater() {
        guard let pause = self.machine.rejoins(random: self.nextRandom()) else {
            self.namespaces.dropPostponed()
            return
        }
        self.pause(pause) {
            let postponed = self.namespaces.postponed
            guard self.machine.state == .open, !postponed.isEmpty else { return }
            self.delegate?.socketIORejoins(postponed)
        }
    }

    /// Calls `body` after a pause, unless it is stopped.
    func pause(_ seconds: Double, _ body: @escaping () -> Void) {
        let time = Self.time(ofPause: seconds)
        self.logger.info("New attempt in \(ErrorText.seconds(time))")
        self.pause = self.loop.eventLoop.assumeIsolated().scheduleTask(in: time, body)
    }

    /// At most a year: longer than anybody waits, and short enough for a clock that counts nanoseconds.
    static func time(ofPause seconds: Double) -> TimeAmount { .nanoseconds(Int64(min(seconds, 31_536_000) * 1e9)) }

    func stopPause() {
        self.pause?.cancel()
        self.pause = nil
    }

    /// Whether the session is over, or is being closed because neither side is in a namespace any more. Its end may not
    /// have been reported yet.
    package var isEnding: Bool {
        switch self.machine.state {
        case .idle, .closing(.unused): true
        case .open: !self.namespaces.isInUse
        case .attempting, .waiting, .closing: false
        }
    }

    // MARK: Reading and writing

    /// Pauses or resumes reading from the server, also for sessions to come. Pings that are not read meanwhile do not
    /// count against the server.
    package func setReading(_ isOn: Bool) {
        self.isReadingPaused = !isOn
        self.engine?.setReading(isOn)
    }

    /// Bytes that were sent and that the system has not taken.
    package var bufferedBytes: Int { self.engine?.bufferedBytes ?? 0 }

    /// Notifies the delegate, later, when everything that was sent is written; not if the session ends before.
    package func notifyDrained() { self.engine?.notifyDrained() }

    func noteManyAttachments() { self.hasWarnedOfAttachments = true }

    func engineIsOver() { self.engine = nil }
}
