import LoadEngine
import LoadReport

/// A run at one moment, for outputs that show it while it goes on.
package struct RunSnapshot: Sendable {
    package let progress: LoadRun.Progress
    private let describe: @Sendable (LoadRun.Progress) -> RunDescription

    /// - Parameter describe: the run without its measurements, with its thresholds as they are now.
    package init(_ progress: LoadRun.Progress, describe: @escaping @Sendable (LoadRun.Progress) -> RunDescription) {
        (self.progress, self.describe) = (progress, describe)
    }

    /// The result so far. Thresholds are evaluated with each call: those who need it ask once.
    package var result: RunResult { RunResult(run: self.describe(self.progress), collector: self.progress.collector) }
}
