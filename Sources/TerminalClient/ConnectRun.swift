import EngineIO
import EngineIOClient
import Glibc
import LineEditor
import NIOCore
import ProcessSupport
import Scripting
import SocketIO

/// One session of a user with a server, on one event loop: sends the input, shows what comes, and ends in time.
final class ConnectRun {
    enum Stage { case connecting, open, waitingToRetry, over }

    /// More events do not wait for their acks at once: the next line waits instead.
    private static let mostAcks = 1000
    /// The time for an ack without `--for`, as for `call` of a script.
    private static let ackTime = TimeAmount.seconds(60)
    /// The messages that are kept until connecting is over, and their bytes.
    private static let mostHeld = 1000
    private static let mostHeldBytes = 1 << 20

    let settings: ConnectSettings
    let link: any ServerLink
    let eventLoop: any EventLoop
    let output: any ReportOutput
    /// Whether the input is typed, and may have commands.
    let hasPrompt: Bool
    /// Nil if lines are not edited here, but by the terminal itself, if at all.
    let editor: LineEditor?
    /// The names of events that can be completed.
    let names: EventNames
    private var typedLines = LineSplitter(limit: InputQueue.longestLine)
    var stage = Stage.connecting
    var queue: InputQueue
    private let standardInput = StandardInput()
    var isReadingInput = false
    /// The user has ended the session, and may begin another one.
    var isPaused = false
    /// That of the session that is open.
    private(set) var opening: Report.Opening?
    private(set) var sentCount = 0
    private(set) var receivedCount = 0
    /// The server is behind.
    private var isFull = false
    private var goal: RunGoal
    private var goalTimer: Scheduled<Void>?
    private var acks: [UInt64: (event: String, timer: Scheduled<Void>)] = [:]
    /// Messages that came before connecting was over.
    private var held: [Report] = []
    private var heldBytes = 0
    private var lastFailure = ""
    private var hasProblem = false
    /// Set from the moment on at which the run is to end.
    private(set) var status: Int32?
    private let ended: (Int32) -> Void

    /// - Parameter ended: called with the exit status when the session is closed and all output is written.
    init(
        _ settings: ConnectSettings, link: any ServerLink, eventLoop: any EventLoop, output: any ReportOutput,
        hasPrompt: Bool, editor: LineEditor?, names: EventNames, ended: @escaping (Int32) -> Void
    ) {
        self.hasPrompt = hasPrompt
        self.editor = editor
        self.names = names
        self.settings = settings
        self.link = link
        self.eventLoop = eventLoop
        self.output = output
        self.queue = InputQueue(settings.input, messages: settings.messages)
        self.goal = RunGoal(count: settings.count, duration: settings.duration?.nanoseconds)
        self.ended = ended
        link.delegate = self
    }

    private var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds) }

    func start() { self.link.connect() }

    /// Begins another session, whose failure is reported even if it is the same as before.
    func connectAgain() {
        self.stage = .connecting
        self.isPaused = false
        self.lastFailure = ""
        self.link.connect()
    }
}

extension ConnectRun {
    // MARK: Sending

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

    private func missedAck(_ id: UInt64, _ text: String) {
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

    // MARK: The end

    func check() {
        guard self.status == nil, self.stage != .over else { return }
        switch self.goal.verdict(at: self.now) {
        case .over(let end):
            self.finish(end)
        case .goOn(let time):
            self.goalTimer?.cancel()
            self.goalTimer = time.map { time in
                let deadline = NIODeadline.uptimeNanoseconds(UInt64(time))
                return self.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.check() }
            }
        }
    }

    private func finish(_ end: RunGoal.End) {
        if end == .noAnswer { self.reportMissing() }
        self.finish(end == .noAnswer ? 2 : 0)
    }

    private func reportMissing() {
        if let count = self.goal.count, !self.goal.hasAllMessages {
            self.output.problem("\(self.goal.received) of \(count) messages came")
        }
        for id in self.acks.keys { self.missedAck(id, "in time") }
    }

    /// Writes what was sent, closes the session and ends.
    func finish(_ status: Int32) {
        guard self.status == nil else { return }
        self.status = status
        self.goalTimer?.cancel()
        if self.stage == .over { return self.end() }
        // A slow server gets the time that it needs: its pings decide whether it is alive.
        if self.stage == .open, self.link.bufferedBytes > 0 { return self.link.notifyDrained() }
        self.link.close(timeout: .seconds(30))
    }

    /// Closes the session soon.
    func interrupt(_ status: Int32) {
        let isFinished = self.stage == .over && self.status != nil
        self.status = status
        self.goalTimer?.cancel()
        if isFinished { return }
        if self.stage == .over { self.end() } else { self.link.close(timeout: .seconds(4)) }
    }

    private func end() {
        for (_, timer) in self.acks.values { timer.cancel() }
        let run = NIOLoopBound(self, eventLoop: self.eventLoop)
        self.output.finish {
            run.eventLoop.execute {
                let status = run.value.status ?? 0
                run.value.ended(status == 0 && run.value.hasProblem ? 1 : status)
            }
        }
    }

    // MARK: Output

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

    private func finishAfterSession() {
        if !self.queue.isEmpty {
            self.output.problem("the session ended before the input")
            self.hasProblem = true
        }
        self.finish(self.goal.endOfSession)
    }
}
