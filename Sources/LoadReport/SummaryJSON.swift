import JSONText
import LoadPlan
import Metrics

extension RunResult {
    /// The part of an export that k6's has: `metrics` and `root_group` in the form of its `--summary-export`.
    ///
    /// As there, a threshold is true where it *failed*.
    func k6Summary(trendStatistics: [Aggregation]) -> [JSON.Member] {
        let metrics = self.summaryMetrics.map {
            self.member($0.selector, $0.definition, $0.value, trendStatistics)
        }
        return [
            JSON.Member(key: "root_group", value: CheckGroup(self.metrics.checks).json(name: "", path: "")),
            JSON.Member(key: "metrics", value: .object(metrics)),
        ]
    }

    /// All metrics in the order of their names, then the parts and the metrics without a value that thresholds name.
    var summaryMetrics: [SummaryMetric] {
        var metrics = self.metrics.records.sorted { $0.definition.name < $1.definition.name }.map {
            SummaryMetric(
                selector: MetricSelector(metric: $0.definition.name), definition: $0.definition,
                value: self.metrics.value(of: MetricSelector(metric: $0.definition.name)) ?? $0.total)
        }
        // A threshold has its verdict here also where its metric has no value (k6, "initSubMetricsAndThresholds").
        for threshold in self.run.thresholds {
            guard !metrics.contains(where: { $0.selector == threshold.selector }),
                let definition = self.definition(of: threshold)
            else { continue }
            let value = self.metrics.value(of: threshold.selector) ?? MetricValue(definition.kind)
            metrics.append(SummaryMetric(selector: threshold.selector, definition: definition, value: value))
        }
        return metrics
    }

    private func definition(of threshold: RunDescription.Threshold) -> MetricDefinition? {
        self.metrics[threshold.selector]?.definition
            ?? threshold.kind.map { MetricDefinition(name: threshold.selector.metric, kind: $0) }
    }

    private func member(
        _ selector: MetricSelector, _ definition: MetricDefinition, _ value: MetricValue,
        _ trendStatistics: [Aggregation]
    ) -> JSON.Member {
        var members = value.summary(
            seconds: self.run.seconds, unit: definition.unit, trendStatistics: trendStatistics)
        let thresholds = self.run.thresholds.filter { $0.selector == selector }
        if !thresholds.isEmpty {
            let verdicts = thresholds.map { JSON.Member(key: $0.expression.description, value: .bool(!$0.passed)) }
            members.append(JSON.Member(key: "thresholds", value: .object(verdicts)))
        }
        return JSON.Member(key: selector.description, value: .object(members))
    }
}

extension MetricValue {
    func summary(seconds: Double, unit: Double, trendStatistics: [Aggregation]) -> [JSON.Member] {
        let wanted: [Aggregation]
        var members: [JSON.Member] = []
        switch self {
        case .counter: wanted = [.count, .rate]
        case .gauge: wanted = [.value, .minimum, .maximum]
        case .trend: wanted = trendStatistics
        case .rate(let passes, let total):
            members = [
                JSON.Member(key: "passes", value: .integer(Int(clamping: passes))),
                JSON.Member(key: "fails", value: .integer(Int(clamping: total - passes))),
                JSON.Member(key: "value", value: .number(total > 0 ? Double(passes) / Double(total) : 0)),
            ]
            wanted = []
        }
        for aggregation in wanted {
            let number = self.value(of: aggregation, seconds: seconds, unit: unit) ?? 0
            members.append(JSON.Member(key: aggregation.description, value: .number(number)))
        }
        return members
    }
}
