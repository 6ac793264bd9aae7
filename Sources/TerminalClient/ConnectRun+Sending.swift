import EngineIOClient
import LineEditor
import NIOCore
import ProcessSupport
import Scripting

/// The input: its messages are sent, and their acks awaited.
extension ConnectRun {
    func pump() {
        while self.stage == .open, !self.isFull, self.acks.count < Self.mostAcks, !self.queue.isEmpty {
            do throws(UsageError) {
                guard let message = try self.queue.first() else {
                    self.queue.removeFirst()
                    continue
                }
                // It stays the next one for the session that follows.
                guard try self.send(message) else { return }
            } catch {
                self.output.problem(error.description)
                // A person at the prompt has seen it, and may type the line again.
                if !self.hasPrompt { self.hasProblem = true }
            }
            self.queue.removeFirst()
        }
        guard self.stage == .open, self.queue.isEmpty else { return }
        if !self.queue.isAtEnd { return self.readInput() }
        if self.link.bufferedBytes > 0 { return self.link.notifyDrained() }
        self.goal.inputEnded(at: self.now)
        self.check()
    }

    /// - Returns: false if there is no session.
    private func send(_ message: OutgoingMessage) throws(UsageError) -> Bool {
        let id: UInt64?
        switch self.link.send(message) {
        case .sent(let ack):
            id = ack
        case .full(let ack):
            id = ack
            self.isFull = true
        case .notConnected:
            return false
        case .refused(let text):
            throw self.queue.problem(text)
        }
        self.sentCount += 1
        self.goal.sent(wantsAck: id != nil, at: self.now)
        if let id, case .event(let event) = message { self.awaitAck(id, of: event.name) }
        return true
    }

    private func awaitAck(_ id: UInt64, of event: String) {
        let time = self.settings.duration ?? Self.ackTime
        let timer = self.eventLoop.assumeIsolated().scheduleTask(in: time) {
            self.missedAck(id, "within \(ErrorText.seconds(time))")
            self.pump()
            self.check()
        }
        self.acks[id] = (event, timer)
    }

    func missedAck(_ id: UInt64, _ text: String) {
        guard let (event, timer) = self.acks.removeValue(forKey: id) else { return }
        timer.cancel()
        self.output.problem("no ack of '\(event)' came \(text)")
        self.goal.ackEnded(isMissed: true, at: self.now)
    }

    func readInput() {
        guard !self.isReadingInput, self.status == nil else { return }
        self.isReadingInput = true
        let run = NIOLoopBound(self, eventLoop: self.eventLoop)
        if let editor {
            return editor.read(prompt: Self.prompt) { input in run.eventLoop.execute { run.value.typed(input) } }
        }
        self.standardInput.read { chunk, error in run.eventLoop.execute { run.value.inputArrived(chunk, error) } }
    }

    private func inputArrived(_ chunk: [UInt8], _ error: Int32) {
        self.isReadingInput = false
        if error != 0 {
            self.output.problem("cannot read the standard input: \(SystemError.text(error))")
            self.hasProblem = true
        }
        if self.hasPrompt { return self.typed(chunk.isEmpty ? nil : self.typedLines.add(chunk)) }
        self.queue.add(chunk)
        if self.stage == .over, self.status == nil { return self.finishAfterSession() }
        self.pump()
        self.check()
    }
}
