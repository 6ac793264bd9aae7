import EngineIOServer
import LoadReport
import Metrics
import NIOCore
import ProcessSupport

/// The run as its page shows it, and those who look at it. It belongs to the server's thread.
///
/// Nothing is rendered while nobody looks.
final class WebRun {
    private final class Watcher {
        let exchange: HTTPExchange
        var stream: EventStream
        var comments: Scheduled<Void>?

        init(_ exchange: HTTPExchange, since version: Int) {
            (self.exchange, self.stream) = (exchange, EventStream(since: version))
        }
    }

    private let eventLoop: any EventLoop
    private var live = LivePage()
    private var result: () -> RunResult
    /// Whether the page shows an older result.
    private var isStale = true
    private var pacing = RenderPacing()
    private var watchers: [Watcher] = []
    /// Those who wait for the report.
    private var readers: [HTTPExchange] = []
    /// The next rendering, if it has to wait.
    private var scheduled: Scheduled<Void>?
    /// The name under which a browser saves the report.
    private let fileName: String

    /// How often a stream is written to in which nothing happens.
    private static let commentInterval = TimeAmount.seconds(15)

    /// - Parameter description: the run before its first second.
    init(_ description: RunDescription, eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.fileName = HTTPAnswer.reportName(script: description.script)
        var description = description
        description.isRunning = true
        let result = RunResult(
            run: description, metrics: MetricSet(), timeline: Timeline(columns: .standard), errors: ErrorTable())
        self.result = { result }
    }

    /// Takes a newer state of the run, which is only made if somebody looks.
    func take(isLast: Bool, _ result: @escaping () -> RunResult) {
        self.result = result
        self.isStale = true
        if isLast {
            // There is no run any more that rendering could slow.
            self.pacing = RenderPacing()
            self.scheduled?.cancel()
            self.scheduled = nil
        }
        self.work()
    }

    /// The page for a browser that comes now.
    func page(stopPath: String?) -> ServedPage {
        if self.isStale, Self.now() >= self.pacing.next { self.render(page: true) }
        return ServedPage(
            html: self.live.html(stopPath: stopPath), contentSecurityPolicy: LivePage.contentSecurityPolicy)
    }

    /// Begins a stream of the changes after a version.
    func watch(_ exchange: HTTPExchange, since version: Int) {
        // A browser that has a newer version than this run saw an earlier run at this port.
        let watcher = Watcher(exchange, since: version > self.live.version ? 0 : version)
        self.watchers.append(watcher)
        exchange.beginStream(contentType: "text/event-stream", headers: HTTPAnswer.neverKept)
        exchange.stream(EventStream.beginning) {}
        exchange.whenClosed {
            watcher.comments?.cancel()
            self.watchers.removeAll { $0 === watcher }
        }
        self.remind(watcher)
        self.advance(watcher)
        self.work()
    }

    /// Writes comments from time to time, so that the end of a connection is noticed that nobody closed.
    private func remind(_ watcher: Watcher) {
        watcher.comments = self.eventLoop.assumeIsolated().scheduleTask(in: Self.commentInterval) {
            self.write(watcher.stream.comment(), to: watcher)
            self.remind(watcher)
        }
    }

    /// Answers with the report as soon as it may be rendered.
    func report(_ exchange: HTTPExchange) {
        self.readers.append(exchange)
        exchange.whenClosed { self.readers.removeAll { $0 === exchange } }
        self.work()
    }

    /// Renders what is wanted, now or as soon as it may.
    private func work() {
        let wantsPage = self.isStale && !self.watchers.isEmpty
        guard wantsPage || !self.readers.isEmpty, self.scheduled == nil else { return }
        let wait = self.pacing.next - Self.now()
        guard wait > 0 else { return self.render(page: wantsPage) }
        self.scheduled = self.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(Int64(wait * 1e9) + 1)) {
            self.scheduled = nil
            self.work()
        }
    }

    private func render(page: Bool) {
        let (start, begin) = (Self.now(), ProcessClock.threadTime())
        let result = self.result()
        if page {
            self.live.update(result)
            self.isStale = false
        }
        let readers = self.readers
        self.readers = []
        if !readers.isEmpty {
            let report = HTTPAnswer.report(HTMLReport(result).text, fileName: self.fileName)
            for reader in readers { reader.answer(report) }
        }
        self.pacing.rendered(at: start, cost: ProcessClock.threadTime() - begin)
        if page { self.watchers.forEach(self.advance) }
    }

    private func advance(_ watcher: Watcher) { self.write(watcher.stream.next(self.live.changes), to: watcher) }

    private func write(_ text: String?, to watcher: Watcher) {
        guard let text else { return }
        watcher.exchange.stream(text) {
            watcher.stream.written()
            self.advance(watcher)
        }
    }

    private static func now() -> Double { Double(ProcessClock.monotonic()) / 1e9 }
}
