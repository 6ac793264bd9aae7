import JSONText
import Metrics

/// One entry of `options.thresholds`.
package struct Threshold: Equatable, Sendable {
    package let selector: MetricSelector
    package let expression: ThresholdExpression
    /// Whether the run ends as soon as the threshold fails.
    package let abortOnFail: Bool
    /// How long after the run's start it cannot end the run yet.
    package let delayAbortEval: Duration
    /// Where it stands, for messages: `options.thresholds.eio_time[1]`.
    package let path: String

    package init(
        selector: MetricSelector, expression: ThresholdExpression, abortOnFail: Bool = false,
        delayAbortEval: Duration = .zero, path: String = ""
    ) {
        self.selector = selector
        self.expression = expression
        self.abortOnFail = abortOnFail
        self.delayAbortEval = delayAbortEval
        self.path = path
    }

    package enum Verdict: Equatable, Sendable {
        case passed
        case failed
        /// Nothing was measured yet that it could be compared with.
        case noData
    }

    /// - Parameter figure: the metric's figure now, or nil if it has no value yet. NaN fails.
    package func verdict(for figure: Double?) -> Verdict {
        guard let figure else { return .noData }
        return self.expression.holds(for: figure) ? .passed : .failed
    }

    /// The problems of thresholds that name an unknown metric, or a figure that the metric's kind does not have.
    ///
    /// - Parameter registry: all metrics, the script's included.
    package static func problems(_ thresholds: [Threshold], registry: MetricRegistry) -> [OptionProblem] {
        thresholds.compactMap { threshold in
            let metric = threshold.selector.metric
            let value = "\"\(threshold.expression)\""
            guard let kind = registry.definition(of: threshold.selector)?.kind else {
                let nearest = nearestName(to: metric, among: registry.names).map { "; did you mean \"\($0)\"?" }
                return OptionProblem(
                    path: threshold.path, value: value, message: "there is no metric \"\(metric)\"\(nearest ?? "")")
            }
            if threshold.expression.aggregation.applies(to: kind) { return nil }
            return OptionProblem(
                path: threshold.path, value: value,
                message: "\"\(metric)\" is a \(kind.rawValue), which has \(Aggregation.names(for: kind)), "
                    + "but no \(threshold.expression.aggregation)")
        }
    }
}
