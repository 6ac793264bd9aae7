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
    var selectors: [Metrics.MetricSelector] { self.thresholds.map(\.measured) }

    /// - Throws: `OptionErrors` for metrics that there are not, and figures that a metric does not have.
    func validate(_ registry: MetricRegistry) throws {
        let kinds = registry.definitions.reduce(into: [String: PlanMetricKind]()) { kinds, definition in
            kinds[definition.name] = PlanMetricKind(rawValue: "\(definition.kind)")
        }
        let problems = Threshold.problems(self.thresholds, kinds: kinds)
        if !problems.isEmpty { throw OptionErrors(problems) }
    }

    /// The threshold that ends the run now.
    func aborting(_ progress: LoadRun.Progress) -> String? {
        let evaluation = ThresholdEvaluation(self.thresholds, at: progress.elapsed) { selector, aggregation in
            progress.collector.value(
                Metrics.MetricSelector(selector), Metrics.Aggregation("\(aggregation)") ?? .count,
                seconds: Self.seconds(progress))
        }
        return evaluation.aborting.map { "\($0.selector): \($0.expression)" }
    }

    /// All thresholds with their verdicts at the end. One without a measurement has not failed.
    func described(_ last: LoadRun.Progress) -> [RunDescription.Threshold] {
        self.thresholds.map { threshold in
            let aggregation = Metrics.Aggregation("\(threshold.expression.aggregation)") ?? .count
            let value = last.collector.value(threshold.measured, aggregation, seconds: Self.seconds(last))
            return RunDescription.Threshold(
                selector: threshold.measured, expression: threshold.expression.description, aggregation: aggregation,
                comparison: .init(rawValue: threshold.expression.comparison.rawValue) ?? .less,
                bound: threshold.expression.value, value: value, passed: threshold.verdict(for: value) != .failed)
        }
    }

    private static func seconds(_ progress: LoadRun.Progress) -> Double {
        let (seconds, attoseconds) = progress.elapsed.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}

extension Threshold {
    fileprivate var measured: Metrics.MetricSelector { Metrics.MetricSelector(self.selector) }
}

extension Metrics.MetricSelector {
    fileprivate init(_ selector: PlanSelector) {
        self.init(
            metric: selector.metric, tags: TagSet(selector.tags.map { TagSet.Tag(key: $0.name, value: $0.value) }))
    }
}
