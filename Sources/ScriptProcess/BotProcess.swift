import EngineIOClient
import EpollLoop
import Glibc
import JSONText
import Logging
import NIOCore
import ProcessSupport
import Scripting

/// One script on the main thread, from its start to the exit status.
package final class BotProcess: ScriptHostDelegate {
    private let options: ScriptOptions
    private let logger: Logger
    private var loop: ClientLoop?
    private var host: ScriptHost?
    private var scenario: ScenarioRun?
    private var prompt: Prompt?
    private var signal: Int32?
    /// The limits are a little longer than those of the loop, which ends the script if it can.
    private let lastMoment = LastMoment(grace: .milliseconds(5_100), ending: .milliseconds(2_500))
    private var isEnding = false
    private var isLookDue = false
    private var isWaitReported = false

    /// How long tasks may go on without a warning after the script has disconnected.
    private static let patience = TimeAmount.seconds(5)
    /// Time limit for closing the sessions at the end, and after a call of `os.exit`.
    private static let closeTimeout = TimeAmount.seconds(2)
    /// Seconds that a statement may compute after Ctrl-C, and a time that does not come.
    private static let (patienceForStatements, forever) = (0.2, 1e9)
    /// How long disconnecting and the handlers may take after a signal.
    private static let grace = TimeAmount.seconds(5)

    package init(options: ScriptOptions, logLevel: Logger.Level) {
        self.options = options
        var logger = Logger(label: "eio-lua") { _ in StandardErrorLog() }
        logger.logLevel = logLevel
        self.logger = logger
    }

    /// Does not return: the process ends with the script's exit status.
    package func run() -> Never {
        do {
            try EpollEventLoop.runOnCurrentThread { self.start(on: $0) }
        } catch {
            FileDescriptorOutput.standardError.say("eio-lua: cannot start: \(SystemError.text(error))")
            exit(1)
        }
        exit(0)
    }

    private func start(on eventLoop: any EventLoop) {
        let luaLoop = LuaLoop(maximumBlock: 0) { text in
            FileDescriptorOutput.standardError.say("warning: \(text)")
        }
        let loop = ClientLoop(eventLoop: eventLoop)
        self.loop = loop
        let host = ScriptHost(
            loop: loop, luaLoop: luaLoop, options: self.options, logger: self.logger, delegate: self)
        self.host = host
        let target = NIOLoopBound(self, eventLoop: eventLoop)
        let (lastMoment, interruptSlice) = (self.lastMoment, luaLoop.interrupter)
        let statement = self.options.hasPrompt ? self.makePrompt(host, on: eventLoop) : nil
        let interceptor: @Sendable (Int32) -> Bool = { signal in
            guard signal == SIGINT, let statement, case let running = statement.number, running >= 0
            else { return false }
            if running > 0 {
                Prompt.leaveEcho()
                interruptSlice(Self.patienceForStatements)
            }
            eventLoop.execute {
                interruptSlice(Self.forever)
                target.value.prompt?.interrupt(statement: running)
            }
            return true
        }
        Signals.install(
            interceptor: interceptor,
            interrupter: { signal in
                lastMoment.signalled(128 + signal)
                // The loop knows of the signal before a slice ends by it, which would seem to be an error of the
                // script.
                eventLoop.execute { target.value.interrupted(by: signal, eventLoop) }
                // A slice that computes would keep the loop from its next turn.
                interruptSlice(1)
            })
        host.run()
        guard self.prompt == nil else { return }
        self.scenario = ScenarioRun(host, isStrict: self.options.isStrict)
        if self.scenario != nil {
            eventLoop.execute { target.value.scenario?.start() }
        } else if let remark = ScenarioRun.remark(on: host) {
            self.logger.warning("\(remark)")
        }
    }

    private func interrupted(by signal: Int32, _ eventLoop: any EventLoop) {
        guard !self.isEnding, self.signal == nil else { return }
        self.signal = signal
        self.prompt?.close()
        let target = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: Self.grace) { target.value.end(128 + signal) }
        if let scenario = self.scenario { scenario.interrupt() } else { self.host?.interrupt() }
    }

    private func makePrompt(_ host: ScriptHost, on eventLoop: any EventLoop) -> RunningStatement {
        let statement = RunningStatement()
        try? PersonOutput.standardOutput.show(Prompt.greeting)
        self.prompt = Prompt(host, on: eventLoop, running: statement) { [unowned self] in self.promptEnded() }
        return statement
    }

    private func promptEnded() {
        guard !self.isEnding, self.signal == nil, let loop = self.loop else { return }
        self.prompt?.close()
        let target = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.eventLoop.scheduleTask(in: Self.grace) { target.value.end(0) }
        self.host?.endPrompt()
    }

    // MARK: ScriptHostDelegate

    package func scriptStatementEnded() { self.prompt?.statementEnded() }

    package func scriptLineRead(_ line: String?) { self.prompt?.lineRead(line) }

    package func scriptFailed(_ error: UncaughtError) {
        if self.prompt != nil, error.part == .iteration {
            // As lua5.4 shows the errors of statements. One that is typed again is shown again.
            let text = [error.message, error.traceback].filter { !$0.isEmpty }.joined(separator: "\n")
            return FileDescriptorOutput.standardError.say(text)
        }
        let lines = ["eio-lua: error in \(error.place): \(VisibleText.entry(error.message))", error.traceback].filter {
            !$0.isEmpty
        }
        RepeatedLines.report(lines.joined(separator: "\n"))
    }

    package func scriptExited(status: Int32) {
        guard !self.isEnding, let host = self.host else { return }
        self.isEnding = true
        self.lastMoment.endBegan()
        host.disconnectClients(timeout: Self.closeTimeout) {
            if host.closesAtExit { host.close() }
            exit(status)
        }
    }

    package func scriptCallEnded(_ id: UInt64, _ outcome: CallOutcome) { self.scenario?.callEnded(id, outcome) }

    package func scriptFinished() {
        guard let host = self.host, self.scenario?.scriptFinished() ?? true else { return }
        let isTraced = (self.options.clients.trace?.tracer as? TraceOutput)?.hasFailed != true
        guard self.prompt == nil else { return self.end(self.signal.map { 128 + $0 } ?? 0) }
        let status =
            self.scenario?.exitStatus ?? (self.reportLost(by: host) || host.errorCount > 0 || !isTraced ? 1 : 0)
        self.end(self.signal.map { 128 + $0 } ?? status)
    }

    /// Whether connections were lost without any part of the script being notified; logs them.
    private func reportLost(by host: ScriptHost) -> Bool {
        guard self.signal == nil, let lost = host.lostConnections else { return false }
        let subject = lost.count == 1 ? "the connection was lost" : "\(lost.count) connections were lost"
        let reason = lost.reason.isEmpty ? "" : " (\(lost.reason))"
        self.logger.warning("\(subject)\(reason), and there was no \"disconnect\" handler to notify")
        return true
    }

    package func scriptDisconnected() {
        guard !self.isLookDue, let loop = self.loop else { return }
        self.isLookDue = true
        let target = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.eventLoop.scheduleTask(in: Self.patience) { target.value.lookForTasks() }
    }

    /// A script that has left its servers may have forgotten what it started.
    private func lookForTasks() {
        self.isLookDue = false
        guard !self.isEnding, self.signal == nil, !self.isWaitReported, let tasks = self.host?.waitsFor else { return }
        self.isWaitReported = true
        self.logger.warning(
            """
            every client is disconnected, and the program still waits for \(tasks): task:cancel() or os.exit() ends it
            """)
    }

    private func end(_ status: Int32) {
        guard !self.isEnding else { return }
        self.isEnding = true
        self.lastMoment.endBegan()
        self.host?.close()
        guard let loop = self.loop else { exit(status) }
        loop.backgroundCloses.whenOver(within: Self.closeTimeout) { exit(status) }
    }
}
