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

    /// A whole page that somebody waits for.
    private enum Wish: Hashable {
        case page(stopPath: String?)
        case report
    }

    private let eventLoop: any EventLoop
    private let clock: () -> Double
    private var page = LivePage()
    private var result: () -> RunResult
    /// Whether the page shows an older result.
    private var isStale = true
    private var hasEnded = false
    private var pacing = RenderPacing()
    private var watchers: [Watcher] = []
    private var readers: [(exchange: HTTPExchange, wish: Wish)] = []
    /// The next rendering, if it has to wait.
    private var scheduled: Scheduled<Void>?
    /// The name under which a browser saves the report.
    private let fileName: String

    /// How often a stream is written to in which nothing happens.
    private static let commentInterval = TimeAmount.seconds(15)

    /// - Parameters:
    ///   - description: the run before its first second.
    ///   - clock: seconds that only grow.
    init(_ description: RunDescription, eventLoop: any EventLoop, clock: @escaping () -> Double) {
        self.eventLoop = eventLoop
        self.clock = clock
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
        self.hasEnded = isLast
        if isLast {
            self.scheduled?.cancel()
            self.scheduled = nil
        }
        self.work()
    }

    /// Answers with the page as soon as it may be rendered.
    ///
    /// - Parameter stopPath: where a POST stops the run; nil: the page has no stop button.
    func page(_ exchange: HTTPExchange, stopPath: String?) { self.add(exchange, .page(stopPath: stopPath)) }

    /// Answers with the report as soon as it may be rendered.
    func report(_ exchange: HTTPExchange) { self.add(exchange, .report) }

    private func add(_ exchange: HTTPExchange, _ wish: Wish) {
        self.readers.append((exchange, wish))
        exchange.whenClosed { self.readers.removeAll { $0.exchange === exchange } }
        self.work()
    }

    /// Begins a stream of the changes after a version.
    func watch(_ exchange: HTTPExchange, since version: Int) {
        let watcher = Watcher(exchange, since: version)
        self.watchers.append(watcher)
        exchange.beginStream(contentType: "text/event-stream", headers: HTTPAnswer.neverKept)
        exchange.stream(EventStream.beginning) {}
        self.remind(watcher)
        // It may have ended already, while it waited for the run.
        exchange.whenClosed {
            watcher.comments?.cancel()
            self.watchers.removeAll { $0 === watcher }
        }
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

    /// Renders what is wanted, now or as soon as it may.
    private func work() {
        guard self.wantsUpdate || !self.readers.isEmpty, self.scheduled == nil else { return }
        // After the end there is no run that rendering could slow.
        let wait = self.hasEnded ? 0 : self.pacing.next - self.clock()
        guard wait > 0 else { return self.render() }
        self.scheduled = self.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(Int64(wait * 1e9) + 1)) {
            self.scheduled = nil
            self.work()
        }
    }

    private var wantsUpdate: Bool {
        self.isStale && (!self.watchers.isEmpty || self.readers.contains { $0.wish != .report })
    }

    private func render() {
        let (start, begin) = (self.clock(), ProcessClock.threadTime())
        let result = self.result()
        if self.wantsUpdate {
            self.page.update(result)
            self.isStale = false
            self.watchers.forEach(self.advance)
        }
        let readers = self.readers
        self.readers = []
        // Those who want the same get the same.
        var answers: [Wish: HTTPAnswer] = [:]
        for (exchange, wish) in readers {
            let answer = answers[wish] ?? self.answer(wish, result)
            answers[wish] = answer
            exchange.answer(answer)
        }
        self.pacing.rendered(at: start, cost: ProcessClock.threadTime() - begin)
    }

    private func answer(_ wish: Wish, _ result: RunResult) -> HTTPAnswer {
        switch wish {
        case .report: .report(HTMLReport(result).text, fileName: self.fileName)
        case .page(let stopPath):
            .page(
                ServedPage(
                    html: self.page.html(stopPath: stopPath),
                    contentSecurityPolicy: LivePage.contentSecurityPolicy))
        }
    }

    private func advance(_ watcher: Watcher) { self.write(watcher.stream.next(self.page.changes), to: watcher) }

    private func write(_ text: String?, to watcher: Watcher) {
        guard let text else { return }
        watcher.exchange.stream(text) {
            watcher.stream.written()
            self.advance(watcher)
        }
    }
}
