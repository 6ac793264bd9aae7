import Dispatch
import LoadEngine
import LoadPlan
import Metrics
import Synchronization

/// All that a load run writes while it goes on, beside the terminal.
final class RunOutputs: SampleReceiver {
    private let endpoint: MetricsEndpoint?
    private let locust: LocustFiles?
    private let samples: [SampleOutput]
    private let counters: Mutex<CounterSamples>

    /// How long files that are slow may hold up the end of the run.
    private static let farewell = Duration.seconds(2)

    /// Opens everything, so that what cannot be written is known before the start.
    ///
    /// - Throws: `UsageError` with the option that cannot be had.
    init(_ options: OutputOptions, plan: LoadPlan, registry: MetricRegistry) throws(UsageError) {
        var samples: [SampleOutput] = []
        for target in options.out {
            samples.append(try SampleOutput(target, registry: registry, thresholds: plan.thresholds))
        }
        self.samples = samples
        self.counters = Mutex(
            CounterSamples(registry, tags: TagSet(plan.tags.map { TagSet.Tag(key: $0, value: $1) })))
        self.locust = if let prefix = options.csv { try LocustFiles(prefix: prefix) } else { nil }
        self.endpoint = if let address = options.metricsAddr { try MetricsEndpoint(address) } else { nil }
        // Not on the standard output: `-q` keeps that free, and a port that the system chose has to be known.
        if let endpoint { Self.tell("metrics: \(endpoint.url)") }
    }

    var wantsSamples: Bool { !self.samples.isEmpty }

    func receive(_ samples: [LoggedSample]) {
        for output in self.samples { output.receive(samples) }
    }

    /// Told each second, and once at the end.
    func show(_ progress: LoadRun.Progress) {
        self.endpoint?.show(progress.collector)
        self.locust?.show(progress)
        self.locust?.takeNews().map(Self.tell)
        guard self.wantsSamples else { return }
        let time = WallClock.nanoseconds()
        self.receive(self.counters.withLock { $0.take(progress.collector.metrics, at: time) })
        for output in self.samples { output.takeNews().map(Self.tell) }
    }

    /// Writes what waits, for some seconds at most.
    ///
    /// - Returns: whether everything could be written.
    func close() -> Bool {
        for output in self.samples { output.end(within: Self.farewell) }
        self.locust?.end(within: Self.farewell)
        let deadline = DispatchTime.now() + .seconds(Int(Self.farewell.components.seconds) + 1)
        var isComplete = true
        for output in self.samples {
            let end = output.wait(until: deadline)
            for news in end.news { Self.tell(news) }
            if !end.isComplete { isComplete = false }
        }
        if let locust, !locust.wait(until: deadline) { isComplete = false }
        self.locust?.takeNews().map(Self.tell)
        self.endpoint?.close()
        return isComplete
    }

    private static func tell(_ text: String) { FileDescriptorOutput.standardError.say("\(text)") }
}
