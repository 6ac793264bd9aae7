import Dispatch
import LoadEngine
import LoadReport
import Metrics
import NIOHTTP1
import NIOPosix
import ProcessSupport
import Synchronization

/// `--metrics-addr`: what was measured until the last second, for Prometheus to scrape.
///
/// It has a thread of its own, so that nothing that a scraper does or leaves undone holds up a virtual user.
package final class MetricsEndpoint: RunOutput {
    fileprivate struct Measured {
        var metrics = MetricSet()
        var errors = ErrorTable()
    }

    private let listener: HTTPListener
    private let measured = MeasuredBox()
    private let isReported = Atomic(false)

    /// - Throws: `UsageError` where it cannot listen.
    package init(_ address: ListenAddress) throws(UsageError) {
        let measured = self.measured
        self.listener = try HTTPListener(
            address, on: MultiThreadedEventLoopGroup(numberOfThreads: 1), option: "--metrics-addr"
        ) { exchange in
            exchange.answer(measured.answer(exchange.request))
        }
    }

    package func show(_ snapshot: RunSnapshot) {
        let collector = snapshot.progress.collector
        self.measured.set(Measured(metrics: collector.metrics, errors: collector.errors))
    }

    /// The address, which may have a port that the system chose.
    package func takeNews() -> [String] {
        self.isReported.exchange(true, ordering: .relaxed) ? [] : ["metrics: \(self.listener.url())/metrics"]
    }

    package func waitForEnd(until deadline: DispatchTime) -> Bool {
        self.listener.close()
        return true
    }
}

private final class MeasuredBox: Sendable {
    private let measured = Mutex(MetricsEndpoint.Measured())

    func answer(_ request: HTTPRequestHead) -> HTTPAnswer {
        guard request.uri.prefix(while: { $0 != "?" }) == "/metrics" else {
            return HTTPAnswer(status: .notFound, body: "the metrics are at /metrics\n")
        }
        guard request.method == .GET || request.method == .HEAD else {
            return HTTPAnswer(status: .methodNotAllowed, body: "use GET\n")
        }
        return HTTPAnswer(body: self.page, contentType: PrometheusText.contentType)
    }

    private var page: String {
        // The text is made outside of the lock: the run's thread never waits for it.
        let measured = self.measured.withLock { $0 }
        return PrometheusText.text(measured.metrics, errors: measured.errors)
    }

    func set(_ measured: MetricsEndpoint.Measured) { self.measured.withLock { $0 = measured } }
}
