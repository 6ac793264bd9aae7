import Dispatch
import LoadEngine
import LoadPlan
import LoadReport
import Metrics
import NIOCore
import NIOPosix
import ProcessSupport
import Synchronization

/// `--out`: each sample as a line of a file, written on a thread of its own.
///
/// When the file is slower than the run, samples are dropped and counted: what waits to be written is bounded, and
/// nobody but the thread ever waits for the file.
package final class SampleOutput: RunOutput, SampleReceiver {
    private struct State {
        /// Samples that wait to be written.
        var waiting = 0
        var written = 0
        var dropped = 0
        /// Why nothing is written any more.
        var failure: String?
        /// Whether the end came in the middle of a line, so that nothing may follow.
        var hasGivenUp = false
        /// The file is closed. A loop that was left behind and comes back finds it so.
        var isClosed = false
        /// Nobody waits for the file any more.
        var hasEnded = false
        var hasReportedDrops = false
        var hasReportedFailure = false
        var hasReportedLoss = false
    }

    private let target: OutputTarget
    private let file: OutputFile
    private let state = Mutex(State())
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let encoder: NIOLoopBoundBox<SampleLines>
    private let ended = DispatchSemaphore(value: 0)

    /// Samples that may wait to be written.
    private static let maximumWaiting = 200_000

    /// - Throws: `UsageError` where the file cannot be opened.
    package init(_ target: OutputTarget, registry: MetricRegistry, thresholds: [Threshold]) throws(UsageError) {
        self.target = target
        do {
            self.file = try OutputFile(path: target.path)
        } catch {
            throw UsageError("--out: cannot write \(target.path): \(error.description)")
        }
        let eventLoop = self.group.next()
        self.encoder = NIOLoopBoundBox.makeBoxSendingValue(
            SampleLines(target.format, registry: registry, thresholds: thresholds), eventLoop: eventLoop)
        eventLoop.execute { self.write(self.encoder.value.beginning, samples: 0) }
    }

    package func receive(_ samples: [Sample]) {
        let isTaken = self.state.withLock { state in
            guard state.failure == nil else { return false }
            guard state.waiting + samples.count <= Self.maximumWaiting else {
                state.dropped += samples.count
                return false
            }
            state.waiting += samples.count
            return true
        }
        guard isTaken else { return }
        self.encoder.eventLoop.execute { self.write(self.encoder.value.lines(of: samples), samples: samples.count) }
    }

    private func write(_ bytes: [UInt8], samples: Int) {
        guard self.state.withLock({ $0.failure == nil && !$0.hasGivenUp && !$0.isClosed }) else { return }
        do throws(OutputFile.Failure) {
            try self.file.write(bytes)
            self.state.withLock { state in
                state.waiting -= samples
                state.written += samples
            }
        } catch .gaveUp {
            // Waiting samples remain counted as such, and are dropped at the end.
            self.state.withLock { $0.hasGivenUp = true }
        } catch {
            self.state.withLock { $0.failure = error.description }
        }
    }

    /// That the file cannot be written, that samples are dropped, and at the end how many.
    package func takeNews() -> [String] {
        self.state.withLock { state in
            if let failure = state.failure {
                if state.hasReportedFailure { return [] }
                state.hasReportedFailure = true
                return ["error: cannot write \(self.target.path): \(failure); the run goes on without --out"]
            }
            var news: [String] = []
            if state.dropped > 0, !state.hasReportedDrops {
                state.hasReportedDrops = true
                news.append("warning: \(self.target.path) is slower than the run: samples are dropped")
            }
            let lost = state.dropped + state.waiting
            if state.hasEnded, lost > 0, !state.hasReportedLoss {
                state.hasReportedLoss = true
                news.append(
                    "warning: \(self.target.path) was too slow: \(lost) of \(lost + state.written) samples were dropped"
                )
            }
            return news
        }
    }

    /// Begins the end: what is not written in this time is dropped.
    package func end(within time: Duration) {
        self.file.giveUp(after: time)
        self.encoder.eventLoop.execute {
            self.state.withLock { $0.isClosed = true }
            do throws(OutputFile.Failure) {
                try self.file.close()
            } catch {
                self.state.withLock { $0.failure = $0.failure ?? error.description }
            }
            self.ended.signal()
        }
    }

    /// Waits for the end. A thread that hangs in a file system is left behind.
    ///
    /// - Returns: whether there was no failure; samples may have been dropped.
    package func waitForEnd(until deadline: DispatchTime) -> Bool {
        _ = self.ended.wait(timeout: deadline)
        return self.state.withLock { state in
            state.hasEnded = true
            return state.failure == nil
        }
    }
}

/// Samples as lines of a format.
private struct SampleLines {
    private var encoder: SampleEncoder
    private let registry: MetricRegistry
    private let thresholds: [Threshold]
    private var definitions: [MetricID: MetricDefinition] = [:]

    init(_ format: SampleEncoder.Format, registry: MetricRegistry, thresholds: [Threshold]) {
        (self.encoder, self.registry, self.thresholds) = (SampleEncoder(format), registry, thresholds)
    }

    var beginning: [UInt8] { self.encoder.header }

    mutating func lines(of samples: [Sample]) -> [UInt8] {
        var lines: [UInt8] = []
        for sample in samples {
            let definition = self.definition(of: sample.metric, declaringIn: &lines)
            self.encoder.append(sample, of: definition.name, to: &lines)
        }
        return lines
    }

    private mutating func definition(of metric: MetricID, declaringIn lines: inout [UInt8]) -> MetricDefinition {
        if let known = self.definitions[metric] { return known }
        let definition = self.registry.definition(of: metric)
        self.definitions[metric] = definition
        let thresholds = self.thresholds.filter { $0.selector == MetricSelector(metric: definition.name) }
        lines += self.encoder.declaration(of: definition, thresholds: thresholds.map(\.expression.description))
        return definition
    }
}
