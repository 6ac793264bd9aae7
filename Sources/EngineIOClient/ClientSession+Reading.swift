import EngineIO
import Logging
import NIOCore

/// Polling bodies are read in turns of the loop, and only while the script keeps up.
extension ClientSession {
    /// Reads a body: now what one turn may, the rest later. The next poll waits until all of it is read.
    func read(_ body: ByteBuffer) {
        self.polling.answered()
        if var rest = self.payload?.rest, rest.readableBytes > 0 {
            rest.writeInteger(PayloadReader.separator)
            rest.writeImmutableBuffer(body)
            self.payload = UnreadPayload(rest)
        } else {
            self.payload = UnreadPayload(body)
        }
        self.readPayload()
    }

    private var readsPayload: Bool {
        guard self.payload != nil else { return false }
        // One that goes reads on, for the pings: what else comes is not given to the script any more.
        return self.readsToEnd || self.machine.state == .closing || !(self.isReadingPaused || self.isFarBehind)
    }

    private func readPayload() {
        guard !self.isReadingPayload, self.readsPayload, var payload = self.payload else { return }
        var budget = TurnBudget()
        var problem: PacketError?
        let before = payload.rest.readableBytes
        var packets = 0
        self.isReadingPayload = true
        do {
            // Nothing of the session is borrowed while the script runs: `payload` is a copy.
            packets = try payload.read(&budget, while: { self.readsPayload }) { self.received($0) }
        } catch {
            problem = error
        }
        self.isReadingPayload = false
        // The session may have ended meanwhile, or another transport is tried.
        guard self.payload != nil else { return }
        if let problem {
            self.payload = nil
            return self.lose(DisconnectDetail(.parse, message: "the server sent \(problem)"))
        }
        if payload.isAtEnd { return self.payloadRead(isEmpty: !payload.hadPackets) }
        if !self.mayOverrun(bytes: before - payload.rest.readableBytes, packets: packets) {
            return self.payloadRead(isEmpty: false)
        }
        self.payload = payload
        self.readingChanged()
    }

    private func payloadRead(isEmpty: Bool) {
        self.payload = nil
        self.polling.answerRead(isEmpty: isEmpty)
        if let loss = self.loss { return self.finish(.transportError, loss) }
        if self.transport == .websocket { self.webSocket?.release(.body) }
        self.readingChanged()
        self.pump()
    }

    /// Looks what may be read now, after something of it has changed. The rest of a body is read on, later.
    func readingChanged() {
        let isPaused = self.isReadingPaused || self.isFarBehind
        if isPaused { self.polling.pauseReading() } else { self.polling.resumeReading() }
        // Pings that were not read do not count against the server.
        if isPaused || self.payload != nil || self.webSocket?.stall != nil {
            self.heartbeat?.readingPaused(now: .now())
        } else {
            self.heartbeat?.readingResumed(now: .now())
        }
        if self.readsPayload {
            guard !self.isPayloadTurnDue else { return }
            self.isPayloadTurnDue = true
            self.loop.nextTurn {
                self.isPayloadTurnDue = false
                self.readPayload()
            }
        } else if !isPaused, !self.isPumpDue, self.transport == .polling {
            self.isPumpDue = true
            self.loop.eventLoop.assumeIsolated().execute { self.pump() }
        }
    }

    // MARK: After the connection

    /// Whether there are messages to be read before the end is told.
    func readsRest(before detail: DisconnectDetail) -> Bool {
        guard self.loss == nil else { return true }
        guard self.payload != nil, !self.isReadingPayload else { return false }
        self.loss = detail
        self.endStageTimers()
        self.upgrade = nil
        self.polling.stop()
        self.dropTransports()
        self.connectionLost()
        return true
    }

    /// What came before is read to its end now.
    func connectionLost() {
        self.readsToEnd = true
        self.readingChanged()
    }

    /// Counts what the script gets though it is behind, once there is no connection whose reading could be paused.
    ///
    /// - Returns: false where it would take too much memory: the rest is lost, and that is logged.
    func mayOverrun(bytes: Int, packets: Int) -> Bool {
        guard self.readsToEnd, self.isReadingPaused else { return true }
        self.overrun += bytes + packets * Self.queuedMessageCost
        guard self.overrun > Self.mostOverrun + self.configuration.maximumMessageSize / 2 else { return true }
        self.observer.logger.error(
            """
            The connection was lost while the script was behind: it has more messages to read now than memory is kept for. The \
            rest of what the server had sent is dropped.
            """)
        return false
    }

    /// What a message takes in the script's queue besides its bytes.
    private static let queuedMessageCost = 64
    private static let mostOverrun = 32 << 20

    /// How long the server may leave out its pings, in milliseconds.
    var patience: Int64 { self.handshake.map { Int64($0.pingInterval + $0.pingTimeout) } ?? .max }
}
