import Metrics

/// All thresholds compared with the figures of one moment.
package struct ThresholdEvaluation: Equatable, Sendable {
    /// In the order of the thresholds.
    package let verdicts: [Threshold.Verdict]
    /// The first threshold that ends the run now: failed, `abortOnFail`, its delay over.
    package let aborting: Threshold?

    /// - Parameters:
    ///   - elapsed: since the run's start.
    ///   - figure: a metric's figure, or nil where nothing was measured.
    package init(
        _ thresholds: [Threshold], at elapsed: Duration, figure: (MetricSelector, Aggregation) -> Double?
    ) {
        self.verdicts = thresholds.map { $0.verdict(for: figure($0.selector, $0.expression.aggregation)) }
        self.aborting =
            zip(thresholds, self.verdicts).first { threshold, verdict in
                verdict == .failed && threshold.abortOnFail && elapsed >= threshold.delayAbortEval
            }?.0
    }
}
