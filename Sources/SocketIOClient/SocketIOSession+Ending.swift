import EngineIO
import EngineIOClient
import Logging
import NIOCore
import SocketIO

/// Failures, losses, and the end.
extension SocketIOSession {
    /// How long closing may take if nothing of the program waits to be written.
    private static let shortClose = TimeAmount.seconds(2)

    // MARK: Failures

    func attemptFailed(_ error: SocketIOConnectError, mayRetry: Bool = true) {
        self.perform(self.machine.attemptFailed(error, mayRetry: mayRetry, random: self.nextRandom()))
    }

    /// The connect handler of the program has failed before its `connect` returned: that fails, too.
    package func connectHandlerFailed(_ error: SocketIOConnectError) {
        self.perform(self.machine.connectHandlerFailed(error, random: self.nextRandom()))
    }

    private func perform(_ action: ConnectionMachine.FailureAction) {
        switch action {
        case .closeEngine: self.closeEngine(timeout: Self.shortClose, abort: true)
        // Not from within a call of the program.
        case .end(let end): self.later { self.report(end, connected: []) }
        case .none: break
        }
    }

    /// The event or ack breaks the rules: the session ends as lost, and nothing more of it is delivered.
    ///
    /// - Parameter problem: continues "the server sent …".
    package func illegal(_ problem: String, _ received: SocketIOReceived) { self.illegal(problem, received.payload) }

    /// - Parameter quoted: the packet, if it may be shown.
    package func illegal(_ problem: String, _ quoted: UnsafeRawBufferPointer?) {
        let quote = quoted.map { ": \(PacketQuote.of($0))" } ?? ""
        self.reader.stop()
        self.stopDelivering()
        self.engine?.lose(DisconnectDetail(.parse, message: "the server sent \(problem)\(quote)"))
    }

    private func stopDelivering() {
        self.endWaiting()
        self.namespaces.sessionEnds()
    }

    // MARK: Disconnecting

    /// Leaves all namespaces, writes what was sent, and closes Engine.IO. Stops reconnecting, in a pause, too.
    ///
    /// - Parameters:
    ///   - timeout: how long writing may take.
    ///   - abort: closes at once; packets that wait may be lost.
    /// - Returns: whether there is something to end; its end is reported later.
    @discardableResult
    package func disconnect(timeout: TimeAmount, abort: Bool) -> Bool {
        self.stopPause()
        switch self.machine.disconnectRequested() {
        case .close: self.closeEngine(timeout: timeout, abort: abort)
        case .closeAgain: self.engine?.close(timeout: timeout, abort: abort)
        case .end(let end): self.later { self.report(end, connected: []) }
        case .none: return false
        }
        return true
    }

    /// Disconnects without a report: the client object is gone.
    package func release() {
        self.delegate = nil
        self.disconnect(timeout: Self.shortClose, abort: true)
    }

    /// Closes the session if neither side is in a namespace of it.
    func endIfUnused(_ reason: DisconnectReason, _ detail: DisconnectDetail) {
        guard !self.namespaces.isInUse else { return }
        if self.machine.becameUnused(reason, detail) {
            self.closeEngine(timeout: Self.shortClose, abort: false)
        } else if self.machine.isWaiting {
            // The program has left all of them: there is nothing to connect again.
            self.disconnect(timeout: Self.shortClose, abort: false)
        }
    }

    private func closeEngine(timeout: TimeAmount, abort: Bool) {
        self.stopPause()
        self.reader.stop()
        for index in self.namespaces.connectedIndices { self.sendPacket(.disconnect, index, nil) }
        self.stopDelivering()
        self.engine?.close(timeout: timeout, abort: abort)
    }

    // MARK: Reports

    package func sessionFailed(_ error: ConnectionError) { self.engineEnded(.failed(error)) }

    package func sessionClosed(_ reason: DisconnectReason, _ detail: DisconnectDetail, unwritten: Int) {
        self.engineEnded(.closed(reason, detail, unwritten: unwritten))
    }

    package func sessionWritable() { self.delegate?.socketIOWritable() }

    package func sessionDrained() { self.delegate?.socketIODrained() }

    private func engineEnded(_ end: ConnectionMachine.EngineEnd) {
        self.engineIsOver()
        self.endWaiting()
        self.stopPause()
        self.warnIfSilent(end)
        let connected = self.namespaces.sessionEnded()
        self.report(self.machine.engineEnded(end, random: self.nextRandom()), connected: connected)
    }

    /// A program that does not wait gets no error if the session ends before the server has answered.
    private func warnIfSilent(_ end: ConnectionMachine.EngineEnd) {
        guard case .closed(_, let detail, _) = end, self.machine.state == .open, self.namespaces.isSilent else {
            return
        }
        let cause = detail.message.map { ": \($0)" } ?? ""
        self.logger.warning("\(SocketIOConnectError.unanswered)\(cause)")
    }

    /// - Parameter connected: the indices of the namespaces that were connected.
    private func report(_ end: ConnectionMachine.End, connected: [Int]) {
        let names = connected.map { self.namespaces[$0].name }
        let client = DisconnectDetail(.client)
        switch end {
        case .session(let reason, let detail, let unwritten, let pause):
            self.reportDisconnected(names, reason, detail)
            self.delegate?.socketIOEnded(
                reason, detail, unwritten: unwritten, willReconnect: self.machine.isWaiting)
            self.retry(after: pause)
        case .attempt(let attempt, let error, let pause):
            self.reportDisconnected(names, .clientDisconnect, client)
            self.delegate?.socketIOAttemptFailed(error, willRetry: self.machine.isWaiting)
            self.retry(after: pause)
            if pause == nil, !attempt.isInitial { self.delegate?.socketIOGaveUp(byProgram: false) }
        case .stopped(let attempt):
            self.reportDisconnected(names, .clientDisconnect, client)
            if attempt.isInitial {
                let error = ConnectionError(.open, "disconnected while connecting")
                self.delegate?.socketIOAttemptFailed(SocketIOConnectError(error), willRetry: false)
            } else {
                self.delegate?.socketIOGaveUp(byProgram: true)
            }
        case .none:
            break
        }
    }

    private func reportDisconnected(_ names: [String], _ reason: DisconnectReason, _ detail: DisconnectDetail) {
        for name in names {
            // The program may have stopped the reconnecting in the report of the one before.
            self.delegate?.socketIODisconnected(
                namespace: name, reason, detail, willReconnect: self.machine.isWaiting)
        }
    }

    private func retry(after pause: Double?) {
        guard let pause, self.machine.isWaiting else { return }
        // The words of python-socketio.
        self.logger.info("Connection failed, new attempt in \(ErrorText.seconds(Self.time(ofPause: pause)))")
        self.pause(pause) {
            guard let number = self.machine.pauseEnded() else { return }
            self.delegate?.socketIOAttempt(number)
        }
    }
}
