import Metrics

/// The program's own counters and levels as samples: not one for each message, but what came in a second.
package struct CounterSamples: Sendable {
    private let registry: MetricRegistry
    /// The tags of all samples; the tags of a series are added to them.
    private let tags: TagSet
    /// The sum of each series at the last call, by the index of the metric and of the series; these never change.
    private var sums: [[Double]] = []

    package init(_ registry: MetricRegistry, tags: TagSet) {
        (self.registry, self.tags) = (registry, tags)
    }

    /// The sums that were added to counters since the last call, and the levels now.
    ///
    /// - Parameter time: nanoseconds since 1970.
    package mutating func take(_ metrics: MetricSet, at time: Int64) -> [Sample] {
        var samples: [Sample] = []
        for (place, record) in metrics.records.enumerated() {
            if place == self.sums.count { self.sums.append([]) }
            guard !record.definition.isCustom, let metric = self.registry.metric(named: record.definition.name) else {
                continue
            }
            for (number, series) in record.series.enumerated() {
                if number == self.sums[place].count { self.sums[place].append(0) }
                let value: Double
                switch series.value {
                case .counter(let sum):
                    value = sum - self.sums[place][number]
                    self.sums[place][number] = sum
                    if value == 0 { continue }
                case .gauge(let level?) where record.definition.isLevel: value = level.value
                case .gauge, .rate, .trend: continue
                }
                let tags = TagSet(self.tags.tags + series.tags.tags)
                samples.append(Sample(metric: metric, time: time, value: value, tags: tags))
            }
        }
        return samples
    }
}
