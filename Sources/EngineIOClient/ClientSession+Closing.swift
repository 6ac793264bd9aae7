import EngineIO
import Logging
import NIOCore

/// Liveness, and the end of a session.
extension ClientSession {
    func watchHeartbeat() {
        guard self.machine.state == .open || self.machine.state == .closing else { return }
        switch self.heartbeat?.check(now: .now()) {
        case nil:
            break
        case .dead:
            self.lose(DisconnectDetail(.pingTimeout, message: "the server sent no ping in time"))
        case .alive(let deadline):
            let callback = HeartbeatCallback(session: self)
            self.heartbeatCallback = try? self.loop.eventLoop.assumeIsolated().scheduleCallback(
                at: deadline, handler: callback)
        }
    }

    private struct HeartbeatCallback: NIOScheduledCallbackHandler {
        let session: ClientSession
        func handleScheduledCallback(eventLoop: some EventLoop) { self.session.watchHeartbeat() }
    }

    /// Stops or goes on reading from the server. Pings that are not read do not count against it meanwhile.
    package func setReading(_ isOn: Bool) {
        guard self.isReadingPaused == isOn else { return }
        self.isReadingPaused = !isOn
        if let webSocket = self.webSocket, self.transport == .websocket {
            if isOn { webSocket.release(.script) } else { webSocket.hold(.script) }
        }
        self.readingChanged()
    }

    /// Says goodbye when all that is queued is written, and closes.
    ///
    /// - Parameters:
    ///   - timeout: how long that may take.
    ///   - abort: closes at once; what is queued may be lost.
    package func close(timeout: TimeAmount, abort: Bool) {
        switch self.machine.closeRequested(abort: abort) {
        case .none:
            break
        case .abandon:
            self.observer.meter?.connectEnded(.cutOff, self.attempted)
            self.cleanUp()
            let error = self.explained(ConnectionError(.open, "disconnected while connecting"))
            self.loop.eventLoop.assumeIsolated().execute { self.tellFailure(error) }
        case .cutShort:
            self.loop.eventLoop.assumeIsolated().execute {
                if self.machine.state == .closing { self.finish(.clientDisconnect, nil) }
            }
        case .flush:
            self.loop.eventLoop.assumeIsolated().execute { self.sayGoodbye(timeout: timeout, abort: abort) }
        }
    }

    private func sayGoodbye(timeout: TimeAmount, abort: Bool) {
        guard self.machine.state == .closing else { return }
        if self.loss != nil { return self.finish(.clientDisconnect, nil) }
        if self.closeTimer == nil {
            self.closeTimer = self.schedule(timeout) { session in session.finish(.clientDisconnect, nil) }
        }
        if !abort, let upgrade = self.upgrade, !upgrade.isOver {
            // Half of an upgrade cannot be closed: its end goes on from here.
            self.afterUpgrade = { session in session.sayGoodbye(timeout: timeout, abort: false) }
            return
        }
        if self.transport == .websocket {
            self.webSocket?.close(timeout: abort ? nil : timeout)
            if abort { self.finish(.clientDisconnect, nil) }
        } else {
            self.queue.append(.close)
            self.polling.close()
            self.upgradeFailed("the client disconnects")
            self.pump()
            // What is left of a body is read, for the pings.
            self.readingChanged()
            // The goodbye goes out behind the program's back: the server need not wait for a ping timeout.
            if abort {
                self.loop.farewellStarted()
                self.isSayingFarewell = true
                self.report(.clientDisconnect, nil)
            }
        }
    }

    /// The connection is gone, or cannot be used any more.
    func lose(_ detail: DisconnectDetail) {
        switch self.machine.state {
        case .connecting:
            let status = detail.status
            self.attemptFailed(
                ConnectionError(.open, "Unexpected response from server", cause: detail.message, status: status))
        case .open:
            if self.readsRest(before: detail) { return }
            self.finish(.transportError, detail)
        case .closing:
            // Whatever the server does now, the end is the program's.
            self.finish(.clientDisconnect, nil)
        case .closed:
            break
        }
    }

    func finish(_ reason: DisconnectReason, _ detail: DisconnectDetail?) {
        self.report(reason, detail)
        _ = self.machine.ended()
        self.measureEnd(reason, detail)
        self.cleanUp()
        if self.isSayingFarewell {
            self.isSayingFarewell = false
            self.loop.farewellEnded()
        }
    }

    private func report(_ reason: DisconnectReason, _ detail: DisconnectDetail?) {
        guard !self.isEndTold, self.handshake != nil else { return }
        self.isEndTold = true
        let unwritten = self.unwrittenMessages
        var detail = detail ?? DisconnectDetail(.client)
        detail.transport = self.transport
        if let oversized = self.oversized, reason != .clientDisconnect {
            detail.message = [detail.message, oversized].compactMap { $0 }.joined(separator: "; ")
        }
        detail.sinceLastPing = self.heartbeat?.secondsSinceLastPing(now: .now())
        self.observer.logger.info("Disconnected: \(reason)\(detail.message.map { ", " + $0 } ?? "")")
        let delegate = self.delegate
        self.delegate = nil
        self.loop.eventLoop.assumeIsolated().execute {
            delegate?.sessionClosed(reason, detail, unwritten: unwritten)
        }
    }

    private func measureEnd(_ reason: DisconnectReason, _ detail: DisconnectDetail?) {
        guard let meter = self.observer.meter, !self.isEndMeasured else { return }
        self.isEndMeasured = true
        var detail = detail ?? DisconnectDetail(.client)
        detail.transport = self.transport
        meter.sessionEnded(
            reason, detail, unwritten: self.unwrittenMessages, after: .now() - self.openedAt)
    }

    private var unwrittenMessages: Int {
        let queued = self.queue.reduce(0) { $0 + ($1.type == .message ? 1 : 0) }
        return queued + self.messagesInFlight + (self.webSocket?.unwrittenMessages ?? 0)
    }

    func tellFailure(_ error: ConnectionError) {
        let delegate = self.delegate
        self.delegate = nil
        delegate?.sessionFailed(error)
    }

    /// The program refuses the session that was just opened.
    package func reject() {
        guard self.machine.state == .open else { return }
        self.isEndTold = true
        self.close(timeout: .seconds(2), abort: true)
    }

    func dropTransports() {
        self.dropWebSocket()
        self.dropPolling()
    }

    func dropWebSocket() {
        self.handshaking?.cancel()
        self.handshaking = nil
        self.webSocket?.drop()
        self.webSocket = nil
    }

    func dropPolling() {
        self.pollConnection?.close()
        self.pollConnection = nil
        self.postConnection?.close()
        self.postConnection = nil
    }

    func cleanUp() {
        self.connectTimer?.cancel()
        self.closeTimer?.cancel()
        self.endStageTimers()
        self.heartbeatCallback?.cancel()
        self.heartbeatCallback = nil
        self.queue.removeAll()
        self.payload = nil
        self.dropTransports()
    }
}
