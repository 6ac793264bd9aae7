import LoadEngine
import LoadPlan
import Metrics
import ProcessSupport
import Synchronization

/// Looks each second whether this process is what limits the run.
final class BottleneckReport: Sendable {
    private let watch: Mutex<BottleneckWatch>

    init(threads: Int) {
        self.watch = Mutex(BottleneckWatch(threads: min(threads, ProcessClock.processorCount())))
    }

    /// The finding, once there was one.
    var finding: String? { self.watch.withLock { $0.finding } }

    /// - Returns: the finding, once.
    func look(_ progress: LoadRun.Progress) -> String? {
        let selector = MetricSelector(metric: BuiltInMetric.loopLag.definition.name)
        func lag(_ aggregation: Aggregation) -> Double {
            progress.collector.value(selector, aggregation, seconds: progress.seconds) ?? 0
        }
        let count = lag(.count)
        let reading = BottleneckWatch.Reading(
            seconds: progress.seconds, cpu: ProcessClock.cpuTime(), lagCount: count, lagSum: count * lag(.average))
        return self.watch.withLock { $0.add(reading) }
    }
}
