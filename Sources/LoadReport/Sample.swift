import Metrics

/// A value as `--out` writes it: one sample, or what a counter got in a second.
package struct Sample: Sendable {
    package var metric: String
    /// Nanoseconds since 1970.
    package var time: Int64
    /// In the metric's shown unit (milliseconds for times); 1 or 0 for a rate.
    package var value: Double
    package var tags: TagSet

    package init(metric: String, time: Int64, value: Double, tags: TagSet) {
        (self.metric, self.time, self.value, self.tags) = (metric, time, value, tags)
    }
}
