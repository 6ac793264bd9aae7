import LoadEngine
import LoadPlan
import LoadReport
import Metrics

/// A plan's thresholds beside what was measured.
struct LoadThresholds: Sendable {
    private let thresholds: [Threshold]

    init(_ plan: LoadPlan) {
        self.thresholds = plan.noThresholds ? [] : plan.thresholds
    }

    /// The metrics of a run, the script's own among them; the parts that thresholds name are kept apart.
    ///
    /// - Throws: `OptionErrors` for metrics that there are not, and figures that a metric does not have; `MetricError` for
    ///   a metric of the script's that cannot be.
    func makeRegistry(declaring metrics: [DeclaredMetric]) throws -> MetricRegistry {
        let registry = MetricRegistry(selectors: self.thresholds.map(\.selector))
        for metric in metrics { try registry.declare(metric) }
        let problems = Threshold.problems(self.thresholds, registry: registry)
        if !problems.isEmpty { throw OptionErrors(problems) }
        return registry
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
