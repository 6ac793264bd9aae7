import LoadEngine
import LoadPlan
import LoadReport
import Metrics

/// A plan's thresholds beside what was measured.
package struct LoadThresholds: Sendable {
    private let thresholds: [Threshold]
    private let tagProblems: [OptionProblem]

    package init(_ plan: LoadPlan) {
        self.thresholds = plan.noThresholds ? [] : plan.thresholds
        self.tagProblems = plan.noThresholds ? [] : plan.thresholdTagProblems().errors
    }

    /// The metrics of a run, the script's metrics included; the parts that thresholds name are counted separately.
    ///
    /// - Throws: `OptionErrors` for unknown metrics, and for figures or tags that a metric does not have; `MetricError`
    ///   if a metric of the script is not valid.
    package func makeRegistry(declaring metrics: [DeclaredMetric]) throws -> MetricRegistry {
        let registry = MetricRegistry(selectors: self.thresholds.map(\.selector))
        for metric in metrics { try registry.declare(metric) }
        let problems = Threshold.problems(self.thresholds, registry: registry) + self.tagProblems
        if !problems.isEmpty { throw OptionErrors(problems) }
        return registry
    }

    /// The threshold that ends the run now. A metric without a value, or a counter at 0, is not evaluated yet.
    package func aborting(_ progress: LoadRun.Progress) -> String? {
        let collector = progress.collector
        let evaluation = ThresholdEvaluation(self.thresholds, at: progress.elapsed) { selector, aggregation in
            guard collector.metrics.value(of: selector)?.isEmpty == false else { return nil }
            return collector.value(selector, aggregation, seconds: progress.seconds)
        }
        return evaluation.aborting.map { "\($0.selector): \($0.expression)" }
    }

    /// All thresholds with their verdicts at the end.
    package func described(_ last: LoadRun.Progress, _ registry: MetricRegistry) -> [RunDescription.Threshold] {
        self.thresholds.map { threshold in
            var described = RunDescription.Threshold(
                selector: threshold.selector, expression: threshold.expression,
                kind: registry.definition(of: threshold.selector)?.kind)
            described.evaluate(last.collector.metrics, seconds: last.seconds)
            return described
        }
    }
}
