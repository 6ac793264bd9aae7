import EngineIO
import EngineIOServer
import JSONText
import NIOCore
import ProcessSupport

/// The log of `serve` on a terminal: a line for each session that opens or ends, and for each message.
///
/// The ids of sessions are secrets, so that a session has its number. A flood of lines is cut, and written by another
/// thread than that of the server, because a terminal may be slow or stopped.
final class ServerLog: ServerObserver {
    /// The lines that a second may have.
    private static let most = 20

    private let eventLoop: any EventLoop
    private let describe: MessageText.Describe
    private let terminal: TerminalWriter
    private var limit = LineLimit(most: ServerLog.most)
    private var isTickScheduled = false

    init(_ terminal: TerminalWriter, _ describe: @escaping MessageText.Describe, eventLoop: any EventLoop) {
        self.terminal = terminal
        self.describe = describe
        self.eventLoop = eventLoop
    }

    func opened(_ session: ServerSession) { self.log(session) { "connected" } }

    func received(_ kind: MessageKind, _ data: UnsafeRawBufferPointer, from session: ServerSession) {
        self.log(session) { self.describe(kind, data) }
    }

    func closed(_ session: ServerSession, by end: SessionEnd) {
        self.log(session) {
            switch end {
            case .client: "disconnected"
            case .server: "disconnected by the server"
            case .timeout: "disconnected: no answer to a ping"
            }
        }
    }

    private func log(_ session: ServerSession, _ text: () -> String) {
        let now = ProcessClock.monotonic()
        self.writeOmitted(at: now)
        guard self.limit.admits(at: now) else { return self.scheduleTick(at: now) }
        self.write("#\(session.number) \(VisibleText.line(text()))")
    }

    private func writeOmitted(at now: Int64) {
        if let count = self.limit.takeOmitted(at: now) { self.write("... and \(count) more") }
    }

    private func scheduleTick(at now: Int64) {
        if self.isTickScheduled { return }
        self.isTickScheduled = true
        self.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(self.limit.end - now)) {
            self.isTickScheduled = false
            self.writeOmitted(at: ProcessClock.monotonic())
        }
    }

    private func write(_ text: String) { self.terminal.write("\(WallClock.localTime()) \(text)") }
}
