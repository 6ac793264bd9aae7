import Metrics
import ProcessSupport

/// The samples of one loop until they are handed over: when there are many, and once a second.
final class SampleLog {
    private var samples: [Sample] = []
    private let receiver: any SampleReceiver

    private static let capacity = 4096

    init(_ receiver: any SampleReceiver) {
        self.receiver = receiver
        self.samples.reserveCapacity(Self.capacity)
    }

    /// - Parameter value: in the metric's shown unit.
    func record(_ value: Double, of metric: MetricID, _ tags: TagSet) {
        self.samples.append(Sample(metric: metric, time: WallClock.nanoseconds(), value: value, tags: tags))
        if self.samples.count == Self.capacity { self.flush() }
    }

    func flush() {
        guard !self.samples.isEmpty else { return }
        self.receiver.receive(self.samples)
        self.samples.removeAll(keepingCapacity: true)
    }
}
