import Metrics

/// The figures of a whole run in its last second.
struct LiveFigures: Equatable, Sendable {
    struct Times: Equatable, Sendable {
        let name: String
        /// Nil in a second without a value.
        let statistics: Timeline.Statistics?
    }

    /// Messages per second.
    var sent = 0.0
    var received = 0.0
    /// Since the start.
    var errors: UInt64 = 0
    /// The most important first: those that had a value in any second of the run, so that no line comes and goes.
    var times: [Times] = []

    init() {}

    init(_ result: RunResult) {
        self.errors = UInt64(result.metrics.value(MetricSelector(metric: "eio_errors"), .count, seconds: 0) ?? 0)
        guard let point = result.timeline.points.last else { return }
        let columns = result.timeline.columns
        func rate(_ metric: BuiltInMetric) -> Double {
            let selector = MetricSelector(metric: metric.definition.name)
            guard let column = columns.counters.firstIndex(of: selector), column < point.counters.count,
                point.seconds > 0
            else { return 0 }
            return point.counters[column] / point.seconds
        }
        (self.sent, self.received) = (rate(.messagesSent), rate(.messagesReceived))
        let trends: [(BuiltInMetric, String)] = [
            (.time, "time"), (.sioAck, "ack"), (.connect, "connect"), (.iterationDuration, "iteration"),
        ]
        for (metric, name) in trends where result.metrics[metric]?.total.isEmpty == false {
            // The first of the metric is that of the whole, before those of its names.
            let column = columns.trends.firstIndex { $0.metric == metric.definition.name }
            let statistics = column.flatMap { $0 < point.trends.count ? point.trends[$0] : nil }
            self.times.append(Times(name: name, statistics: statistics))
        }
    }
}
