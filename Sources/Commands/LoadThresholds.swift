import LoadEngine
import LoadPlan
import LoadReport
import Metrics

/// A plan's thresholds beside what was measured.
struct LoadThresholds: Sendable {
    private let thresholds: [Threshold]

    init(_ thresholds: [Threshold]) {
        self.thresholds = thresholds
    }

    /// The parts of metrics that are to be kept apart for them.
    var selectors: [MetricSelector] { self.thresholds.map(\.selector) }

    /// - Throws: `OptionErrors` for metrics that there are not, and figures that a metric does not have.
    func validate(_ registry: MetricRegistry) throws {
        let problems = Threshold.problems(self.thresholds, registry: registry)
        if !problems.isEmpty { throw OptionErrors(problems) }
    }

    /// The threshold that ends the run now.
    func aborting(_ progress: LoadRun.Progress) -> String? {
        let evaluation = ThresholdEvaluation(self.thresholds, at: progress.elapsed) { selector, aggregation in
            progress.collector.value(selector, aggregation, seconds: progress.seconds)
        }
        return evaluation.aborting.map { "\($0.selector): \($0.expression)" }
    }

    /// All thresholds with their verdicts at the end. One without a measurement has not failed.
    func described(_ last: LoadRun.Progress) -> [RunDescription.Threshold] {
        self.thresholds.map { threshold in
            let value = last.collector.value(
                threshold.selector, threshold.expression.aggregation, seconds: last.seconds)
            return RunDescription.Threshold(
                selector: threshold.selector, expression: threshold.expression, value: value,
                passed: threshold.verdict(for: value) != .failed)
        }
    }
}
