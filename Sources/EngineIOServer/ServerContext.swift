import EngineIO
import NIOCore

/// The state that all connections of one server share. It is used on the server's event loop only.
final class ServerContext {
    let configuration: ServerConfiguration
    /// Nil if an application uses the messages.
    let mode: ServerConfiguration.Mode?
    /// Whether messages go back as they came, and nothing else needs them.
    let onlyEchoes: Bool
    let admission: Admission
    let eventLoop: any EventLoop
    var statistics = ServerStatistics()
    /// The websocket replies of the current read cycle, lent to one handler at a time, so that idle clients hold none.
    var replies = ByteBuffer()
    /// The frames that a flood writes at once.
    let floodFrames: ByteBuffer
    let floodMessagesPerWrite: Int
    let floodMessage: ByteBuffer

    private var sessions: [String: ServerSession] = [:]
    private var sessionsByNumber: [Int: ServerSession] = [:]
    private var lastNumber = 0
    private var connections: [ObjectIdentifier: any Channel] = [:]
    private var heartbeats: HeartbeatQueue
    private var heartbeatTimerDeadline: NIODeadline?
    /// The messages of this read cycle for every session except their sender.
    private var shared = SharedMessages()
    private var sharedSender: Int?
    private let application: (any ServerApplication)?
    private let observer: (any ServerObserver)?
    private(set) var isShuttingDown = false

    /// Notifies a connection that no session is left, so that it ends after its last write.
    enum ShutdownEvent {
        case noSessionIsLeft
    }

    /// The time that clients have to read their last packets.
    private static let closeTimeout = TimeAmount.seconds(2)

    init(_ configuration: ServerConfiguration, eventLoop: any EventLoop) {
        self.configuration = configuration
        self.application = configuration.makeApplication?(eventLoop)
        self.observer = configuration.makeObserver?(eventLoop)
        self.mode = self.application == nil ? configuration.mode : nil
        self.onlyEchoes = self.mode == .echo && self.observer == nil
        self.admission = Admission(configuration)
        self.eventLoop = eventLoop
        self.heartbeats = HeartbeatQueue(
            interval: configuration.pingInterval, timeout: configuration.pingTimeout)
        self.floodMessage = ByteBuffer(repeating: UInt8(ascii: "f"), count: configuration.messageSize)
        self.floodMessagesPerWrite = max(1, 65_536 / (configuration.messageSize + 4))
        self.floodFrames = Self.frames(of: self.floodMessage, count: self.floodMessagesPerWrite)
    }

    private static func frames(of message: ByteBuffer, count: Int) -> ByteBuffer {
        var frames = ByteBuffer()
        message.withUnsafeReadableBytes { bytes in
            for _ in 0..<count {
                frames.writeWebSocketFrame(.text, prefix: PacketType.message.rawValue, payload: bytes, mask: nil)
            }
        }
        return frames
    }

    // MARK: Sessions

    func session(_ sid: String) -> ServerSession? { self.sessions[sid] }

    func openSession(_ state: ServerSessionStateMachine) -> ServerSession {
        self.lastNumber += 1
        let session = ServerSession(
            number: self.lastNumber, sid: SessionIdentifier.random(), state: state, server: self)
        self.sessions[session.sid] = session
        self.sessionsByNumber[session.number] = session
        self.statistics.handshakes += 1
        self.statistics.open += 1
        self.scheduleHeartbeat(.ping, for: session)
        return session
    }

    /// To be called when the session's open packet is on its way.
    func opened(_ session: ServerSession) {
        self.observer?.opened(session)
        session.delegate = self.application?.opened(session)
        guard var greeting = self.configuration.greeting else { return }
        greeting.withUTF8 { session.reply(.text, UnsafeRawBufferPointer($0)) }
    }

    func remove(_ session: ServerSession, _ end: SessionEnd) {
        self.sessions[session.sid] = nil
        self.sessionsByNumber[session.number] = nil
        self.statistics.open -= 1
        self.statistics.closed += 1
        self.observer?.closed(session, by: end)
        session.delegate?.closed()
        session.delegate = nil
        if self.isShuttingDown { self.closeConnectionsWithoutSessions() }
    }

    // MARK: Messages

    /// The counters as one JSON object.
    var counters: String { self.statistics.json(and: self.application?.counters ?? []) }

    /// Does with a client's message what the mode says, or the application. `data` is valid only during the call.
    func received(_ kind: MessageKind, _ data: UnsafeRawBufferPointer, from session: ServerSession) {
        self.statistics.messages += 1
        self.statistics.bytes += data.count
        self.observer?.received(kind, data, from: session)
        switch self.mode {
        case nil:
            session.delegate?.received(kind, data)
        case .sink, .flood:
            break
        case .echo:
            session.reply(kind, data)
        case .broadcast:
            self.share(kind, data, from: nil)
        case .chat:
            self.share(kind, data, from: session.number)
        }
    }

    /// Sends the messages of a read cycle to every session: one write each, however many messages there were.
    func endOfReadCycle() {
        self.application?.endOfReadCycle()
        self.sendShared()
    }

    /// - Parameter sender: the session that does not get the message.
    private func share(_ kind: MessageKind, _ data: UnsafeRawBufferPointer, from sender: Int?) {
        if sender != self.sharedSender { self.sendShared() }
        self.sharedSender = sender
        self.shared.append(kind, data)
    }

    private func sendShared() {
        if self.shared.isEmpty { return }
        let messages = self.shared
        self.shared = SharedMessages()
        for session in self.sessions.values where session.number != self.sharedSender { session.send(messages) }
    }

    /// Runs `work` after the events and tasks that wait now, as a read cycle of its own.
    func nextTurn(_ work: @escaping () -> Void) {
        self.eventLoop.assumeIsolated().execute {
            work()
            self.endOfReadCycle()
        }
    }

    // MARK: Heartbeat

    func scheduleHeartbeat(_ kind: HeartbeatQueue.Kind, for session: ServerSession) {
        session.heartbeatDeadline = self.heartbeats.schedule(kind, session: session.number, now: .now())
        self.armHeartbeatTimer()
    }

    private func armHeartbeatTimer() {
        guard let next = self.heartbeats.next, !self.isShuttingDown else { return }
        // A timer that is no longer the earliest finds nothing due and goes by.
        if let armed = self.heartbeatTimerDeadline, armed <= next { return }
        self.heartbeatTimerDeadline = next
        _ = self.eventLoop.assumeIsolated().scheduleTask(deadline: next) { [weak self] in
            self?.heartbeatTimerFired()
        }
    }

    private func heartbeatTimerFired() {
        self.heartbeatTimerDeadline = nil
        let now = NIODeadline.now()
        while let entry = self.heartbeats.popDue(now: now) {
            guard let session = self.sessionsByNumber[entry.session], session.heartbeatDeadline == entry.deadline else {
                continue
            }
            switch entry.kind {
            case .ping:
                self.statistics.pings += 1
                session.ping()
                session.awaitsPong = true
                self.scheduleHeartbeat(.timeout, for: session)
            case .timeout:
                self.statistics.timeouts += 1
                session.close(.timeout)
            }
        }
        self.armHeartbeatTimer()
    }

    // MARK: Connections

    func connectionOpened(_ channel: any Channel) {
        if self.isShuttingDown { return channel.close(promise: nil) }
        let identifier = ObjectIdentifier(channel)
        self.connections[identifier] = channel
        channel.closeFuture.assumeIsolated().whenComplete { _ in self.connections[identifier] = nil }
    }

    /// Ends every session after its queued packets and a close packet, and then every connection. Connections that are
    /// still open after two seconds are closed at once.
    func shutDown() -> EventLoopFuture<Void> {
        self.isShuttingDown = true
        let channels = Array(self.connections.values)
        for session in self.sessions.values { session.leave() }
        self.closeConnectionsWithoutSessions()
        let timeout = self.eventLoop.scheduleTask(in: Self.closeTimeout) {
            for channel in channels { channel.close(promise: nil) }
        }
        let closed = EventLoopFuture.andAllComplete(channels.map(\.closeFuture), on: self.eventLoop)
        closed.whenComplete { _ in timeout.cancel() }
        return closed
    }

    /// Any connection may get the next request of a polling session, so that all stay while there is one.
    private func closeConnectionsWithoutSessions() {
        guard self.sessions.isEmpty else { return }
        // The last session may be in the middle of its answer.
        self.eventLoop.assumeIsolated().execute {
            for channel in self.connections.values {
                channel.pipeline.fireUserInboundEventTriggered(ShutdownEvent.noSessionIsLeft)
            }
        }
    }
}

extension ByteBuffer {
    /// Appends the frame that carries a message from the server: text after its packet type, binary as it is.
    mutating func writeMessageFrame(_ kind: MessageKind, _ data: UnsafeRawBufferPointer) {
        switch kind {
        case .text: self.writeWebSocketFrame(.text, prefix: PacketType.message.rawValue, payload: data, mask: nil)
        case .binary: self.writeWebSocketFrame(.binary, payload: data, mask: nil)
        }
    }
}
