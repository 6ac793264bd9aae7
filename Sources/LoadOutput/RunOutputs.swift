import Dispatch
import LoadEngine
import LoadPlan
import LoadReport
import Metrics
import ProcessSupport
import Synchronization

/// Everything that a load run writes, except for the texts for a person.
package final class RunOutputs: SampleReceiver {
    private let outputs: [any RunOutput]
    /// Those outputs that also take every sample.
    private let samples: [SampleOutput]
    private let counters: Mutex<CounterSamples>

    /// The longest time that slow files may delay the end of the run.
    private static let endTime = Duration.seconds(2)

    package init(_ outputs: [any RunOutput], plan: LoadPlan, registry: MetricRegistry) {
        self.outputs = outputs
        self.samples = outputs.compactMap { $0 as? SampleOutput }
        self.counters = Mutex(
            CounterSamples(registry, tags: TagSet(plan.tags.map { TagSet.Tag(key: $0, value: $1) })))
        // Not on the standard output, which `-q` keeps free; and a port that the system chose has to be known.
        self.reportNews()
    }

    package func begin(_ run: RunStart) {
        for output in self.outputs { output.begin(run) }
    }

    package var wantsSamples: Bool { !self.samples.isEmpty }

    package func receive(_ samples: [Sample]) {
        for output in self.samples { output.receive(samples) }
    }

    /// Called each second, and once after the run.
    package func show(_ snapshot: RunSnapshot) {
        for output in self.outputs { output.show(snapshot) }
        if self.wantsSamples {
            let time = WallClock.nanoseconds()
            self.receive(self.counters.withLock { $0.take(snapshot.progress.collector.metrics, at: time) })
        }
        self.reportNews()
    }

    /// Writes what waits, for some seconds at most.
    ///
    /// - Returns: whether everything could be written.
    package func end() -> Bool {
        for output in self.outputs { output.end(within: Self.endTime) }
        let deadline = DispatchTime.now() + .seconds(Int(Self.endTime.components.seconds) + 1)
        var isComplete = true
        for output in self.outputs where !output.waitForEnd(until: deadline) { isComplete = false }
        self.reportNews()
        return isComplete
    }

    /// - Returns: whether everything could be written.
    package func finish(_ result: RunResult) -> Bool {
        var isComplete = true
        for output in self.outputs where !output.finish(result) { isComplete = false }
        return isComplete
    }

    /// Keeps outputs that can still be used after the run until a signal asks for the end. Other runs end at once.
    ///
    /// - Parameter status: the exit status of the run.
    package func stay(with status: ExitStatus) {
        let invitations = self.outputs.compactMap(\.invitation)
        if invitations.isEmpty { return }
        let ended = DispatchSemaphore(value: 0)
        // Also if a signal has ended the run: the next one is the first for the page.
        Signals.install(secondStatus: { _ in status.rawValue }) { _ in ended.signal() }
        for invitation in invitations { FileDescriptorOutput.standardError.say("\(invitation); Ctrl-C ends") }
        ended.wait()
        for output in self.outputs { output.close() }
    }

    private func reportNews() {
        for output in self.outputs {
            for news in output.takeNews() { FileDescriptorOutput.standardError.say(news) }
        }
    }
}
