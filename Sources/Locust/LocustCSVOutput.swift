import Dispatch
import Glibc
import LoadEngine
import LoadOutput
import Metrics
import NIOCore
import NIOPosix
import ProcessSupport
import Synchronization

/// `--csv`: the four files of Locust, written once a second on a thread of their own.
///
/// A disk that is slow makes seconds be left out, but never the last one.
package final class LocustCSVOutput: RunOutput {
    private struct Second {
        var metrics: MetricSet
        var errors: ErrorTable
        /// Since 1970.
        var time: Double
        /// Since the start.
        var elapsed: Double
    }

    private struct State {
        var isWriting = false
        /// The latest measurements that wait to be written.
        var next: Second?
        var failure: String?
        var hasReportedFailure = false
    }

    private let prefix: String
    private let node: String
    private let history: NIOLoopBoundBox<LocustHistory>
    private let historyFile: OutputFile
    private let state = Mutex(State())
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let ended = DispatchSemaphore(value: 0)

    /// All that are written, those that are renamed at once too.
    package static func paths(prefix: String) -> [String] {
        let rewritten = ["_stats.csv", "_failures.csv", "_exceptions.csv"].map { prefix + $0 }
        return [prefix + "_stats_history.csv"] + rewritten + rewritten.map { $0 + ".part" }
    }

    /// - Throws: `UsageError` where the files cannot be written.
    package init(prefix: String) throws(UsageError) {
        self.prefix = prefix
        self.node = hostName()
        self.history = NIOLoopBoundBox.makeBoxSendingValue(LocustHistory(), eventLoop: self.group.next())
        let path = prefix + "_stats_history.csv"
        do throws(OutputFile.Failure) {
            self.historyFile = try OutputFile(path: path)
            try self.historyFile.write(LocustCSV.historyHeader.utf8)
        } catch {
            throw UsageError("--csv: cannot write \(path): \(error)")
        }
        do {
            try self.rewrite(Second(metrics: MetricSet(), errors: ErrorTable(), time: 0, elapsed: 0))
        } catch {
            throw UsageError("--csv: \(error)")
        }
    }

    package func show(_ snapshot: RunSnapshot) {
        let progress = snapshot.progress
        let second = Second(
            metrics: progress.collector.metrics, errors: progress.collector.errors, time: WallClock.now(),
            elapsed: progress.seconds)
        let isIdle = self.state.withLock { state in
            guard state.failure == nil else { return false }
            state.next = second
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if isIdle { self.history.eventLoop.execute { self.writeWhatWaits() } }
    }

    private func writeWhatWaits() {
        while let second = self.takeNext() {
            do {
                try self.historyFile.write(
                    self.history.value.row(second.metrics, time: second.time, seconds: second.elapsed).utf8)
                try self.rewrite(second)
            } catch let failure as OutputFile.Failure {
                self.state.withLock { $0.failure = "cannot write \(self.prefix)_stats_history.csv: \(failure)" }
            } catch {
                self.state.withLock { $0.failure = "\(error)" }
            }
        }
    }

    private func takeNext() -> Second? {
        self.state.withLock { state in
            let next = state.failure == nil ? state.next : nil
            state.next = nil
            if next == nil { state.isWriting = false }
            return next
        }
    }

    /// The files that are rewritten each time.
    private func rewrite(_ second: Second) throws(UsageError) {
        try TextFile.replace(
            self.prefix + "_stats.csv", with: LocustCSV.statistics(second.metrics, seconds: second.elapsed))
        try TextFile.replace(self.prefix + "_failures.csv", with: LocustCSV.failures(second.errors))
        try TextFile.replace(
            self.prefix + "_exceptions.csv", with: LocustCSV.exceptions(second.errors, node: self.node))
    }

    /// Why the files are not written any more; once.
    package func takeNews() -> [String] {
        self.state.withLock { state in
            guard let failure = state.failure, !state.hasReportedFailure else { return [] }
            state.hasReportedFailure = true
            return ["error: \(failure); the run goes on without --csv"]
        }
    }

    /// Begins the end, which comes when the last second is written.
    package func end(within time: Duration) {
        self.historyFile.giveUp(after: time)
        self.history.eventLoop.execute { self.ended.signal() }
    }

    /// Waits for the end.
    ///
    /// - Returns: whether all was written.
    package func waitForEnd(until deadline: DispatchTime) -> Bool {
        if self.ended.wait(timeout: deadline) == .timedOut {
            self.state.withLock { $0.failure = $0.failure ?? "\(self.prefix)_*.csv are too slow to be written" }
        }
        return self.state.withLock { $0.failure == nil }
    }
}
