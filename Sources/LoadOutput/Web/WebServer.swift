import EngineIOServer
import Glibc
import LoadReport
import NIOCore
import NIOPosix
import ProcessSupport
import Synchronization

/// `--web`: the page of a run in a browser, while the run goes on and after its end.
///
/// It has a thread of its own, which gives way to those of the users.
package final class WebServer: RunOutput {
    private let access: WebAccess
    private let responder: WebResponder
    private let listener: HTTPListener
    /// The last state of the run, until the thread takes it.
    private let snapshot = Mutex<RunSnapshot?>(nil)
    private let isReported = Atomic(false)

    /// Of the thread: with it, a tenth of a processor if the users' loops want all of them.
    private static let niceness: Int32 = 10

    /// - Throws: `UsageError` if it cannot listen.
    package init(_ address: ListenAddress) throws(UsageError) {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let eventLoop = group.next()
        // Linux has this for each thread; without it the page only costs more.
        eventLoop.execute { _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness) }
        self.access = WebAccess(listeningAt: address.host)
        let responder = WebResponder(self.access, eventLoop: eventLoop)
        self.responder = responder
        self.listener = try HTTPListener(address, on: group, option: "--web") { responder.answer($0) }
    }

    package func begin(_ run: RunStart) {
        self.responder.stop.withLock { $0 = run.stop }
        let (responder, eventLoop) = (self.responder, self.listener.eventLoop)
        eventLoop.execute {
            responder.show(
                WebRun(run.description, eventLoop: eventLoop) { Double(ProcessClock.monotonic()) / 1e9 })
        }
    }

    package func show(_ snapshot: RunSnapshot) {
        let isTaken = self.snapshot.withLock { last in
            defer { last = snapshot }
            return last == nil
        }
        // A thread that is behind takes the latest state only.
        guard isTaken else { return }
        self.listener.eventLoop.execute {
            guard let snapshot = self.snapshot.withLock({ $0.take() }) else { return }
            self.responder.run?.take(isLast: false) {
                var result = snapshot.result
                // After its last user, a run may still have its `teardown`.
                result.run.isRunning = true
                return result
            }
        }
    }

    /// The url, which nobody else knows: the port may be one that the system chose, and the token is random.
    package func takeNews() -> [String] {
        if self.isReported.exchange(true, ordering: .relaxed) { return [] }
        let warning = "warning: other machines can see the run at \(self.listener.url()), and stop it with the token"
        return ["web: \(self.url)"] + (self.access.isForOthers ? [warning] : [])
    }

    package func finish(_ result: RunResult) -> Bool {
        self.responder.stop.withLock { $0 = nil }
        self.snapshot.withLock { $0 = nil }
        self.listener.eventLoop.execute { self.responder.run?.take(isLast: true) { result } }
        return true
    }

    package var invitation: String? { "web: the page stays at \(self.url)" }

    package func close() { self.listener.close() }

    /// A browser on this machine opens it, also if the server listens at all addresses.
    private var url: String {
        "\(self.listener.url(replacing: ["0.0.0.0": "127.0.0.1", "::": "::1"]))/?token=\(self.access.token.text)"
    }
}
