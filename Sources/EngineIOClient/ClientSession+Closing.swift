import EngineIO
import Logging
import NIOCore

/// Liveness, and the end of a session.
extension ClientSession {
    // MARK: Heartbeat

    func watchHeartbeat() {
        guard self.isOpen || self.isClosing else { return }
        switch self.heartbeat?.check(now: self.context.loop.now) {
        case nil:
            break
        case .dead:
            self.lose(DisconnectDetail(.pingTimeout, message: "the server sent no ping in time"))
        case .alive(let deadline):
            let callback = HeartbeatCallback(session: self)
            self.timers.heartbeat = try? self.context.loop.eventLoop.assumeIsolated().scheduleCallback(
                at: deadline, handler: callback)
        }
    }

    private struct HeartbeatCallback: NIOScheduledCallbackHandler {
        let session: ClientSession
        func handleScheduledCallback(eventLoop: some EventLoop) { self.session.watchHeartbeat() }
    }

    /// Pings that are not read do not count against the server.
    func readingChanged() {
        let carriers: [(any SessionTransport)?] = [self.machine.current, self.unreadUpgrade?.source]
        if self.isReadingPaused || carriers.contains(where: { $0?.holdsPings ?? false }) {
            self.heartbeat?.readingPaused(now: self.context.loop.now)
        } else {
            self.heartbeat?.readingResumed(now: self.context.loop.now)
        }
    }

    /// How long the server may leave out its pings, in milliseconds.
    var pingLimit: Int64 { self.handshake.map { Int64($0.pingInterval + $0.pingTimeout) } ?? .max }

    // MARK: Closing by the client

    /// Writes everything that was sent, then closes on both levels.
    ///
    /// - Parameters:
    ///   - timeout: how long that may take.
    ///   - abort: closes at once; messages that wait may be lost.
    package func close(timeout: TimeAmount, abort: Bool) {
        switch self.decide({ $0.closeRequested(abort: abort) }) {
        case .none:
            break
        case .abandon(let attempt):
            self.meter?.connectEnded(.cutOff, attempt.name)
            self.cleanUp(attempt.transport)
            let error = self.explained(ConnectionError(.open, "disconnected while connecting"), attempt)
            self.context.later { self.reportFailure(error) }
        case .cutShort:
            self.context.later {
                if self.isClosing { self.finish(.clientDisconnect, nil) }
            }
        case .close:
            self.context.later { self.close(now: timeout, abort: abort) }
        }
    }

    func close(now timeout: TimeAmount, abort: Bool) {
        guard self.isClosing else { return }
        if self.rest?.loss != nil { return self.finish(.clientDisconnect, nil) }
        if self.timers.close == nil {
            self.timers.close = self.schedule(timeout) { session in session.finish(.clientDisconnect, nil) }
        }
        guard case .close(let transport, let upgrade) = self.decide({ $0.closeBegins(timeout: timeout, abort: abort) })
        else { return }
        if abort {
            self.abort(transport, upgrade)
        } else {
            transport.close(timeout: timeout)
        }
    }

    private func abort(_ transport: any SessionTransport, _ upgrade: UpgradeAttempt?) {
        let isOver = transport.abort()
        upgrade?.fail("the client disconnects")
        if isOver { return self.finish(.clientDisconnect, nil) }
        guard self.isClosing else { return }
        // The close packet is sent in the background, so that the server need not wait for its ping timeout.
        self.context.loop.backgroundCloses.began()
        self.decide { $0.closesInBackground() }
        self.report(.clientDisconnect, nil, unwritten: transport.unwrittenMessages)
    }

    /// The server has taken the close packet: it need not answer it.
    func closePacketWritten() {
        if self.timers.stage != nil { return }
        self.timers.stage = self.schedule(Self.closeGracePeriod) { $0.finish(.clientDisconnect, nil) }
    }

    /// The program refuses the session that was just opened.
    package func reject() {
        guard self.isOpen else { return }
        self.delegate = nil
        self.close(timeout: .seconds(2), abort: true)
    }

    // MARK: Loss of the connection

    /// A transport has lost its connection, or closed it.
    func closed(_ transport: any SessionTransport, _ detail: DisconnectDetail) {
        if let upgrade = self.machine.upgrade(to: transport) {
            return upgrade.fail(detail.message ?? "the websocket was closed")
        }
        if self.machine.goes(by: transport) || self.unreadUpgrade?.isFrom(transport) ?? false { self.lose(detail) }
    }

    func closedByServer() {
        guard let end = self.decide({ $0.ended() }) else { return }
        end.transport.serverClosed()
        end.upgrade?.target.serverClosed()
        self.finish(
            end, .serverDisconnect, DisconnectDetail(.serverClose, message: "the server closed the session"))
    }

    /// The connection is gone, or cannot be used any more, for example because a protocol above this one was broken.
    package func lose(_ detail: DisconnectDetail) {
        switch self.machine.lost() {
        case .attemptFailed:
            self.attemptFailed(
                ConnectionError(
                    .open, "Unexpected response from server", cause: detail.message, status: detail.status))
        case .end:
            if !self.readsRest(before: detail) { self.finish(.transportError, detail) }
        case .endAsClient:
            self.finish(.clientDisconnect, nil)
        case .none:
            break
        }
    }

    /// Whether packets that came before the loss are to be read first.
    private func readsRest(before detail: DisconnectDetail) -> Bool {
        if self.rest?.loss != nil { return true }
        guard let current = self.machine.current else { return false }
        let carriers: [(any SessionTransport)?] = [current, self.unreadUpgrade?.source]
        guard let unread = carriers.compactMap({ $0 }).first(where: { $0.hasUnreadPackets }) else {
            return false
        }
        var loss = detail
        loss.transport = current.carrier.name
        let rest = self.rest ?? UnreadRest()
        rest.loss = loss
        if unread !== current { rest.unwritten += current.unwrittenMessages }
        self.rest = rest
        self.timers.endStage()
        self.machine.upgrade?.end(keepsTarget: false)
        self.decide { $0.readsRest(of: unread) }
        if unread !== current { current.drop() }
        self.unreadUpgrade = nil
        unread.readToEnd()
        return true
    }

    /// The connection is gone, and its transport reads to the end what came before.
    func connectionLost() {
        if self.rest == nil { self.rest = UnreadRest() }
        self.unreadUpgrade?.source.readToEnd()
        self.readingChanged()
    }

    /// Whether packets are read although the script is behind.
    var readsWithoutScript: Bool { self.rest != nil || self.isClosing }

    /// Counts what the script gets although it is behind, once there is no connection whose reading could be paused.
    ///
    /// - Returns: false if it takes too much memory: the rest is lost, and that is logged.
    func mayOverrun(bytes: Int, packets: Int) -> Bool {
        guard self.isReadingPaused, self.rest != nil else { return true }
        let limit = self.context.configuration.maximumMessageSize
        if self.rest?.add(bytes: bytes, packets: packets, maximumMessageSize: limit) ?? true { return true }
        self.observer.logger.error(
            """
            The connection was lost while the script was behind: it has more messages to read now than memory is kept \
            for. The rest of what the server had sent is dropped.
            """)
        return false
    }

    // MARK: The end

    func finish(_ reason: DisconnectReason, _ detail: DisconnectDetail?) {
        guard let end = self.decide({ $0.ended() }) else { return }
        self.finish(end, reason, detail)
    }

    private func finish(_ end: SessionMachine.End, _ reason: DisconnectReason, _ detail: DisconnectDetail?) {
        let unwritten = end.transport.unwrittenMessages + (self.rest?.unwritten ?? 0)
        var detail = detail ?? DisconnectDetail(.client)
        detail.transport = detail.transport ?? self.rest?.loss?.transport ?? end.transport.carrier.name
        self.report(reason, detail, unwritten: unwritten)
        self.meter?.sessionEnded(reason, detail, unwritten: unwritten, after: .now() - end.opening.at)
        end.upgrade?.end(keepsTarget: false)
        self.cleanUp(end.transport)
        if end.isInBackground { self.context.loop.backgroundCloses.ended() }
    }

    private func report(_ reason: DisconnectReason, _ detail: DisconnectDetail?, unwritten: Int) {
        guard let delegate = self.delegate else { return }
        self.delegate = nil
        var detail = detail ?? DisconnectDetail(.client)
        detail.transport = detail.transport ?? self.machine.current?.carrier.name
        if let oversized = self.oversized, reason != .clientDisconnect {
            detail.message = [detail.message, oversized].compactMap { $0 }.joined(separator: "; ")
        }
        detail.sinceLastPing = self.heartbeat?.secondsSinceLastPing(now: self.context.loop.now)
        self.observer.logger.info("Disconnected: \(reason)\(detail.message.map { ", " + $0 } ?? "")")
        let reported = detail
        self.context.later { delegate.sessionClosed(reason, reported, unwritten: unwritten) }
    }

    func cleanUp(_ transport: (any SessionTransport)?) {
        self.timers.cancelAll()
        transport?.drop()
        self.unreadUpgrade?.source.drop()
        self.unreadUpgrade = nil
    }
}
