import EngineIO
import EpollLoop
import NIOCore

/// Frames that wait in ``WebSocketHandler/partial`` until they may be read.
extension WebSocketHandler {
    func hold(_ hold: ReadingHolds) {
        // One that goes reads on: what comes is not given to the script any more, or is the last.
        guard self.state == .open, self.loss?.detail == nil else { return }
        self.holds.insert(hold)
        self.budget = .spent
        if hold == .unwritten { self.watchStall() }
        self.updateSocket()
    }

    /// Reading goes on, later, unless it is held for something else.
    func release(_ hold: ReadingHolds) {
        guard self.holds.contains(hold) else { return }
        self.holds.remove(hold)
        if hold == .unwritten { self.endStall() }
        self.goOn()
    }

    func releaseAll() {
        self.holds = self.holds.intersection(.turn)
        self.endStall()
        self.goOn()
    }

    private func goOn() {
        if self.holds.isEmpty {
            if self.partial.readableBytes > 0 {
                self.takeTurn()
            } else if !self.isReading {
                self.budget = TurnBudget()
            }
        }
        self.updateSocket()
    }

    /// Bytes are left, and the budget is spent.
    func isHeldBack() {
        if self.holds.isEmpty { self.takeTurn() }
        self.updateSocket()
    }

    private func takeTurn() {
        self.budget = .spent
        guard self.holds.insert(.turn).inserted else { return }
        self.loop.nextTurn {
            self.holds.remove(.turn)
            if self.holds.isEmpty || (self.loss?.detail != nil && !self.holds.contains(.source)) { self.readHeld() }
        }
    }

    /// Reads on for one turn.
    ///
    /// - Returns: whether only the start of a frame is left.
    @discardableResult
    private func readHeld() -> Bool {
        guard self.state != .closed else { return false }
        let before = self.partial.readableBytes
        self.turnBegins()
        var held = self.partial
        self.partial = ByteBuffer()
        self.readJoined(&held)
        let isThrough = !self.budget.isSpent
        self.readCompleted()
        if !self.holds.isEmpty { self.budget = .spent }
        if let loss = self.loss?.detail { self.endIfRestIsRead(before - self.partial.readableBytes, loss) }
        self.updateSocket()
        return isThrough
    }

    /// Reads the socket unless as much is held as may be.
    private func updateSocket() {
        let stops = self.holds.contains(.script) || self.holds.contains(.source)
        let reads = self.holds.isEmpty || (!stops && self.partial.readableBytes <= self.backlog.mostHeld)
        guard reads != self.isSocketRead else { return }
        self.isSocketRead = reads
        if let socket = self.channel as? SocketChannel {
            socket.setAutoRead(reads)
        } else {
            self.channel?.setOption(.autoRead, value: reads).whenFailure { _ in }
        }
    }

    // MARK: Too much is unwritten

    /// More than `max_buffered` is unwritten: senders wait. Reading goes on, as a server may answer before it reads on,
    /// and only pauses where that comes to as much again.
    func becameUnwritable() {
        let most = self.session.context.configuration.maximumBuffered
        self.backlog.mostUnwritten = max(most, self.output.bufferedBytes) + most
    }

    /// Called after each message that is sent while more than `max_buffered` is unwritten.
    func holdIfFarBehind() {
        guard self.backlog.stall == nil, self.output.bufferedBytes > self.backlog.mostUnwritten else { return }
        self.hold(.unwritten)
    }

    private func watchStall() {
        self.backlog.stall = WriteStall(
            handed: self.output.handed, unwritten: self.output.channelBytes,
            limit: self.session.context.configuration.maximumBuffered, patience: self.session.pingLimit)
        self.session.readingChanged()
        self.lookAtStallLater()
    }

    private func endStall() {
        guard self.backlog.stall != nil else { return }
        self.backlog.stall = nil
        self.backlog.mostHeld = WriteBacklog.mostHeld
        self.backlog.timer?.cancel()
        self.backlog.timer = nil
        self.session.readingChanged()
    }

    private func lookAtStallLater() {
        let time = TimeAmount.milliseconds(WriteStall.milliseconds)
        self.backlog.timer = self.loop.eventLoop.assumeIsolated().scheduleTask(in: time) {
            self.lookAtStall()
        }
    }

    private func lookAtStall() {
        guard self.state == .open else { return }
        switch self.backlog.stall?.look(handed: self.output.handed, unwritten: self.output.channelBytes) {
        case nil:
            return
        case .wait:
            break
        case .readSome:
            self.readDespiteStall()
        case .dead:
            let seconds = ErrorText.seconds(.milliseconds(self.session.pingLimit))
            return self.session.closed(
                self,
                DisconnectDetail(.write, message: "the server has read nothing for \(seconds)"))
        }
        self.lookAtStallLater()
    }

    private func readDespiteStall() {
        guard self.holds == .unwritten else { return }
        let before = self.output.bufferedBytes
        let isThrough = self.readHeld()
        self.backlog.stall?.readSome(added: self.output.bufferedBytes - before)
        // A long frame has to come as a whole: it is no longer than a message may be.
        self.backlog.mostHeld = WriteBacklog.mostHeld + (isThrough ? 2 * self.partial.readableBytes : 0)
        self.updateSocket()
    }

    // MARK: After the connection

    /// Whether there are frames to be read before the end is reported.
    func readsRest(before loss: DisconnectDetail) -> Bool {
        guard self.state == .open, self.loss?.detail == nil, !self.holds.isEmpty, self.partial.readableBytes > 0 else {
            return false
        }
        self.holds = self.holds.intersection([.source, .turn])
        self.endStall()
        self.loss = .unread(loss)
        self.session.connectionLost()
        self.goOn()
        return true
    }

    private func endIfRestIsRead(_ count: Int, _ loss: DisconnectDetail) {
        guard self.state != .closed else { return }
        let packets = min(count / 2 + 1, TurnBudget.packets)
        if !self.holds.contains(.turn) || !self.session.mayOverrun(bytes: count, packets: packets) { self.end(loss) }
    }
}
