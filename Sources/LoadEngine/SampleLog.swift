import Metrics
import ProcessSupport

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

/// Takes the samples of all loops.
package protocol SampleReceiver: Sendable {
    /// Called on the loops, which stand still until it returns: it must not wait.
    func receive(_ samples: [LoggedSample])
}

/// The samples of one loop until they are handed over: when there are many, and once a second.
final class SampleLog {
    private var samples: [LoggedSample] = []
    private let receiver: any SampleReceiver

    private static let capacity = 4096

    init(_ receiver: any SampleReceiver) {
        self.receiver = receiver
        self.samples.reserveCapacity(Self.capacity)
    }

    /// - Parameter value: in the metric's shown unit.
    func record(_ value: Double, of metric: MetricID, _ tags: TagSet) {
        self.samples.append(LoggedSample(metric: metric, time: WallClock.nanoseconds(), value: value, tags: tags))
        if self.samples.count == Self.capacity { self.flush() }
    }

    func flush() {
        guard !self.samples.isEmpty else { return }
        self.receiver.receive(self.samples)
        self.samples.removeAll(keepingCapacity: true)
    }
}

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
