import EngineIO
import EngineIOClient
import Glibc
import NIOCore
import ProcessSupport
import SocketIO

/// Events of the session, and their output.
extension ConnectRun: ServerLinkDelegate {
    func linkOpened(_ opening: Report.Opening) {
        self.stage = .open
        self.isFull = false
        self.lastFailure = ""
        self.opening = opening
        self.output.opened(opening)
        self.show(.open(opening))
        self.goal.opened(at: self.now)
        let held = self.held
        (self.held, self.heldBytes) = ([], 0)
        self.link.setReading(true)
        for report in held { self.receive(report) }
        self.pump()
        self.check()
    }

    func linkReceived(_ report: Report, size: Int) {
        if self.stage == .open { return self.receive(report) }
        self.held.append(report)
        self.heldBytes += size
        if self.heldBytes > Self.mostHeldBytes || self.held.count > Self.mostHeld { self.link.setReading(false) }
    }

    private func receive(_ report: Report) {
        self.receivedCount += 1
        if case .event(let name, _) = report {
            self.names.add(name)
            if let events = self.settings.events, !events.contains(name) { return }
        }
        guard !self.goal.hasAllMessages else { return }
        self.show(report)
        self.goal.receivedMessage(at: self.now)
        self.check()
    }

    func linkAcknowledged(_ id: UInt64, _ values: [SocketIOValue]) {
        guard let (event, timer) = self.acks.removeValue(forKey: id) else { return }
        timer.cancel()
        self.show(.ack(name: event, arguments: values))
        self.goal.ackEnded(isMissed: false, at: self.now)
        self.pump()
        self.check()
    }

    func linkWritable() {
        self.isFull = false
        self.pump()
    }

    func linkDrained() {
        guard self.status != nil else { return self.pump() }
        if self.stage == .open { self.link.close(timeout: .seconds(30)) }
    }

    func linkFailed(_ error: String, willRetry: Bool) {
        self.stage = willRetry ? .waitingToRetry : .over
        (self.held, self.heldBytes) = ([], 0)
        if self.status != nil {
            if !willRetry { self.end() }
            return
        }
        // Attempts often fail for one reason.
        if error != self.lastFailure { self.output.problem(error) }
        self.lastFailure = error
        // After a first session the user may try another time.
        let mayTryAgain = self.hasPrompt && self.opening != nil
        if !willRetry, !mayTryAgain { self.finish(1) }
    }

    func linkClosed(_ reason: DisconnectReason, _ detail: DisconnectDetail, unwritten: Int, willRetry: Bool) {
        self.stage = willRetry ? .waitingToRetry : .over
        self.show(.close(reason, detail))
        if reason != .clientDisconnect { self.output.closed(reason, detail) }
        if unwritten > 0 {
            self.output.problem("\(unwritten) messages may not have been written")
            self.hasProblem = true
        }
        if willRetry {
            for id in Array(self.acks.keys) { self.missedAck(id, "before the connection was lost") }
            return
        }
        if self.status != nil { return self.end() }
        if self.isPaused {
            self.output.note("disconnected")
            for id in Array(self.acks.keys) { self.missedAck(id, "before the session was ended") }
            return
        }
        if reason == .transportError { self.hasProblem = true }
        if self.queue.isEmpty, self.isReadingInput {
            // More input, or its end, may just have been on its way.
            self.goalTimer = self.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(100)) {
                self.finishAfterSession()
            }
        } else {
            self.finishAfterSession()
        }
    }

    private func show(_ report: Report) {
        if !self.output.add(report) { self.link.setReading(false) }
    }

    /// The output has room again.
    func outputRelieved() { self.link.setReading(true) }

    /// Nobody reads the output, or it cannot be written.
    func outputFailed(_ error: Int32) {
        if error != EPIPE {
            self.output.problem("cannot write to the standard output: \(SystemError.text(error))")
            self.hasProblem = true
        }
        self.link.setReading(true)
        self.finish(0)
    }
}
