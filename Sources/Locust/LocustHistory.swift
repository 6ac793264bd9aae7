import JSONText
import Metrics

/// The lines of `PREFIX_stats_history.csv`, one a second: rates since the line before, percentiles since the start, as
/// Locust has them.
package struct LocustHistory: Sendable {
    private var count: UInt64 = 0
    private var failures: UInt64 = 0
    private var seconds: Double = 0

    package init() {}

    /// - Parameters:
    ///   - time: seconds since 1970.
    ///   - seconds: since the start.
    package mutating func row(_ metrics: MetricSet, time: Double, seconds: Double) -> String {
        let row = LocustRequests(metrics).aggregated
        let users = metrics.value(MetricSelector(metric: BuiltInMetric.vus.definition.name), .value, seconds: 0) ?? 0
        let elapsed = seconds - self.seconds
        let rate = { (now: UInt64, before: UInt64) in
            (elapsed > 0 ? (Double(now) - Double(before)) / elapsed : 0).fixed(6)
        }
        let fields =
            [
                time.truncated(0), users.plainText, row.method, row.name, rate(row.count, self.count),
                rate(row.failures, self.failures),
            ] + LocustCSV.percentiles(row.times) + [String(row.count), String(row.failures)]
            + LocustCSV.summary(row.times) + ["0"]
        (self.count, self.failures, self.seconds) = (row.count, row.failures, seconds)
        return LocustCSV.text([fields])
    }
}
