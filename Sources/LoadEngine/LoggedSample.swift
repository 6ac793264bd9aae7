import Metrics

/// One value as it was recorded, for outputs that want each of them.
package struct LoggedSample: Sendable {
    package let metric: MetricID
    /// Nanoseconds since 1970.
    package let time: Int64
    /// In the metric's shown unit: milliseconds for a time; of a rate 0 or 1.
    package let value: Double
    /// All of them, also those that make no series.
    package let tags: TagSet

    package init(metric: MetricID, time: Int64, value: Double, tags: TagSet) {
        (self.metric, self.time, self.value, self.tags) = (metric, time, value, tags)
    }
}
