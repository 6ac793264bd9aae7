import JSONText
import LoadPlan
import Metrics

extension RunResult {
    /// The argument of a script's `handleSummary`, in k6's form; a threshold is `ok` where it held. Times are
    /// milliseconds.
    ///
    /// - Parameters:
    ///   - timeUnit: the option `summaryTimeUnit`, for a summary that the script makes.
    ///   - setupData: the result of `setup` as JSON; empty without one.
    ///   - isTerminal: whether the standard output and the standard error are terminals.
    package func summaryData(
        trendStatistics: [Aggregation], timeUnit: SummaryTimeUnit?, setupData: String, hasColor: Bool,
        isTerminal: (output: Bool, error: Bool)
    ) -> String {
        let metrics = self.summaryMetrics.map { metric in
            JSON.Member(key: metric.selector.description, value: self.data(metric, trendStatistics))
        }
        let data: JSON = .object([
            "root_group": CheckGroup(self.metrics.checks).list(name: "", path: ""),
            "options": .object([
                "summaryTrendStats": .strings(trendStatistics.map(\.description)),
                "summaryTimeUnit": .string(timeUnit?.rawValue ?? ""), "noColor": .bool(!hasColor),
            ]),
            "state": .object([
                "isStdOutTTY": .bool(isTerminal.output), "isStdErrTTY": .bool(isTerminal.error),
                "testRunDurationMs": .number(self.run.seconds * 1000),
            ]),
            "metrics": .object(metrics),
            "setup_data": JSON(parsing: setupData.utf8) ?? .null,
        ])
        return data.text()
    }

    private func data(_ metric: SummaryMetric, _ trendStatistics: [Aggregation]) -> JSON {
        let definition = metric.definition
        var values = metric.value.summary(
            seconds: self.run.seconds, unit: definition.unit, trendStatistics: trendStatistics)
        // The export of a rate has `value`, where `handleSummary` has `rate`.
        if definition.kind == .rate {
            values = values.map { $0.key == "value" ? .init(key: "rate", value: $0.value) : $0 }
        }
        var members: [JSON.Member] = [
            JSON.Member(key: "type", value: .string(definition.kind.rawValue)),
            JSON.Member(key: "contains", value: .string(definition.contains.rawValue)),
            JSON.Member(key: "values", value: .object(values)),
        ]
        let thresholds = self.run.thresholds.filter { $0.selector == metric.selector }
        if !thresholds.isEmpty {
            let verdicts = thresholds.map {
                JSON.Member(key: $0.expression.description, value: .object(["ok": .bool($0.passed)]))
            }
            members.append(JSON.Member(key: "thresholds", value: .object(verdicts)))
        }
        return .object(members)
    }
}
