import LoadPlan
import Metrics

/// Two runs side by side: their figures, the changes, and what thresholds on the changes say.
package struct RunComparison {
    struct Row {
        let metric: String
        let statistic: Aggregation
        let definition: MetricDefinition
        /// Nil where the run does not have the figure.
        let before: Double?
        let after: Double?

        /// In percent of the former value; nil if one of the runs has none.
        var change: Double? { RunComparison.change(self.before, self.after) }

        var isInBoth: Bool { self.before != nil && self.after != nil }
    }

    struct Verdict {
        let threshold: ChangeThreshold
        let change: Double?
        let passed: Bool
    }

    let before: RunResult
    let after: RunResult
    /// Those with the greatest changes first, and the figures of one metric together; then those that one run has.
    let rows: [Row]
    let verdicts: [Verdict]

    package init(before: RunResult, after: RunResult, thresholds: [ChangeThreshold]) {
        (self.before, self.after) = (before, after)
        self.rows = Self.rows(before, after)
        self.verdicts = thresholds.map { threshold in
            let figures = [before, after].map { run in
                run.metrics.value(threshold.selector, threshold.expression.aggregation, seconds: run.run.seconds)
            }
            let change = Self.change(figures[0], figures[1])
            return Verdict(
                threshold: threshold, change: change, passed: change.map(threshold.expression.holds(for:)) ?? false)
        }
    }

    /// Whether all thresholds held; a figure that a run does not have fails them.
    package var holds: Bool { self.verdicts.allSatisfy(\.passed) }

    /// In percent of the former value; from 0, every change is infinite.
    static func change(_ before: Double?, _ after: Double?) -> Double? {
        guard let before, let after else { return nil }
        if before == after { return 0 }
        return before == 0 ? (after > 0 ? .infinity : -.infinity) : (after - before) / before.magnitude * 100
    }

    private static func rows(_ before: RunResult, _ after: RunResult) -> [Row] {
        let parts = [before, after].map { run in SummarySection.sections(of: run).flatMap(\.rows) }
        var known: Set<MetricSelector> = []
        let metrics = (parts[0] + parts[1]).filter { known.insert($0.selector).inserted }.map { part in
            Self.statistics(of: part.definition).map { statistic in
                Row(
                    metric: part.isPart ? part.selector.description : part.name, statistic: statistic,
                    definition: part.definition,
                    before: before.metrics.value(part.selector, statistic, seconds: before.run.seconds),
                    after: after.metrics.value(part.selector, statistic, seconds: after.run.seconds))
            }
        }
        let order = metrics.enumerated().map { (size: Self.size(of: $0.element), place: $0.offset) }
            .sorted { $0.size == $1.size ? $0.place < $1.place : $0.size > $1.size }
        return order.flatMap { metrics[$0.place] }
    }

    /// The greatest change of a metric's figures, whatever its sign; less than none for a metric of one run.
    private static func size(of figures: [Row]) -> Double {
        figures.filter(\.isInBoth).compactMap { $0.change?.magnitude }.max() ?? -1
    }

    /// Counts of runs of two lengths do not compare, but their rates.
    private static func statistics(of definition: MetricDefinition) -> [Aggregation] {
        switch definition.kind {
        case .trend: [.median, .percentile(95), .percentile(99)]
        case .counter, .rate: [.rate]
        case .gauge: [.maximum]
        }
    }
}
