/// A value as it was recorded, or what a counter got in a second, for outputs that want each of them.
package struct Sample: Sendable {
    package var metric: MetricID
    /// Nanoseconds since 1970.
    package var time: Int64
    /// In the metric's shown unit: milliseconds for a time; of a rate 0 or 1.
    package var value: Double
    /// All of them, also those that make no series.
    package var tags: TagSet

    package init(metric: MetricID, time: Int64, value: Double, tags: TagSet) {
        (self.metric, self.time, self.value, self.tags) = (metric, time, value, tags)
    }
}
