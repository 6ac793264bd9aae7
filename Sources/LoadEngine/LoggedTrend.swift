import Metrics

/// A trend of times whose values also go to the log, if there is one.
struct LoggedTrend {
    private let handle: TrendHandle
    private let metric: MetricID
    private let tags: TagSet
    private let log: SampleLog?

    /// - Parameter tags: as the log is to have them.
    init(_ metric: BuiltInMetric, _ handle: TrendHandle, _ tags: TagSet, _ log: SampleLog?) {
        (self.handle, self.metric, self.tags, self.log) = (handle, MetricID(metric), tags, log)
    }

    func record(nanoseconds: Int64) {
        self.handle.record(nanoseconds: nanoseconds)
        self.log?.record(Double(nanoseconds) / 1e6, of: self.metric, self.tags)
    }
}
