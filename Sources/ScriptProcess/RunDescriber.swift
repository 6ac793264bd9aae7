import LoadEngine
import LoadReport
import Metrics

/// Describes a run without its measurements: while it goes on, and at its end.
struct RunDescriber: Sendable {
    /// As it was at the start.
    let run: RunDescription
    let thresholds: LoadThresholds
    let registry: MetricRegistry

    /// - Parameter isRunning: whether the thresholds' values are those of a run that goes on.
    func description(_ progress: LoadRun.Progress, isRunning: Bool) -> RunDescription {
        var description = self.run
        description.seconds = progress.seconds
        description.thresholds = self.thresholds.described(progress, self.registry)
        description.isRunning = isRunning
        return description
    }
}
