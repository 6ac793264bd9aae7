import JSONText
import LoadPlan
import Metrics

extension RunResult {
    /// The part of an export that k6's has: `metrics` and `root_group` in the form of its `--summary-export`.
    ///
    /// As there, a threshold is true where it *failed*.
    func k6Summary(trendStatistics: [Aggregation]) -> [JSON.Member] {
        var metrics: [JSON.Member] = self.metrics.records.sorted { $0.definition.name < $1.definition.name }.map {
            let selector = MetricSelector(metric: $0.definition.name)
            return self.member(selector, $0.definition, self.metrics.value(of: selector) ?? $0.total, trendStatistics)
        }
        for threshold in self.run.thresholds where !threshold.selector.tags.isEmpty || threshold.isOfAlias {
            guard !metrics.contains(where: { $0.key == threshold.selector.description }) else { continue }
            guard let value = self.metrics.value(of: threshold.selector),
                let record = self.metrics[threshold.selector]
            else { continue }
            metrics.append(self.member(threshold.selector, record.definition, value, trendStatistics))
        }
        return [
            JSON.Member(key: "root_group", value: CheckGroup(self.metrics.checks).json(name: "", path: "")),
            JSON.Member(key: "metrics", value: .object(metrics)),
        ]
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

extension RunDescription.Threshold {
    fileprivate var isOfAlias: Bool { MetricRegistry.resolve(self.selector) != self.selector }
}

extension MetricValue {
    fileprivate func summary(seconds: Double, unit: Double, trendStatistics: [Aggregation]) -> [JSON.Member] {
        let wanted: [Aggregation]
        var members: [JSON.Member] = []
        switch self {
        case .counter: wanted = [.count, .rate]
        case .gauge: wanted = [.value, .minimum, .maximum]
        case .trend: wanted = trendStatistics
        case .rate(let passes, let total):
            members = [
                JSON.Member(key: "passes", value: .integer(Int(passes))),
                JSON.Member(key: "fails", value: .integer(Int(total - passes))),
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

/// The tree of groups, each with its checks.
private struct CheckGroup {
    private var groups: [(name: String, group: CheckGroup)] = []
    private var checks: [CheckResult] = []

    init(_ results: [CheckResult] = []) {
        for result in results { self.add(result, path: result.group.groupNames[...]) }
    }

    private mutating func add(_ result: CheckResult, path: ArraySlice<String>) {
        guard let first = path.first else {
            self.checks.append(result)
            return
        }
        if let place = self.groups.firstIndex(where: { $0.name == first }) {
            self.groups[place].group.add(result, path: path.dropFirst())
        } else {
            var group = CheckGroup()
            group.add(result, path: path.dropFirst())
            self.groups.append((first, group))
        }
    }

    func json(name: String, path: String) -> JSON {
        let groups = self.groups.map { inner in
            JSON.Member(key: inner.name, value: inner.group.json(name: inner.name, path: path + "::" + inner.name))
        }
        let checks = self.checks.map { check in
            JSON.Member(
                key: check.name,
                value: .object([
                    "name": .string(check.name), "path": .string(path + "::" + check.name),
                    "passes": .integer(Int(check.passes)), "fails": .integer(Int(check.fails)),
                ]))
        }
        return .object([
            "name": .string(name), "path": .string(path), "groups": .object(groups), "checks": .object(checks),
        ])
    }
}

extension String {
    /// The names in `::outer::inner`.
    fileprivate var groupNames: [String] {
        var names = [""]
        var rest = Substring(self)
        while let first = rest.first {
            if rest.hasPrefix("::") {
                names.append("")
                rest = rest.dropFirst(2)
            } else {
                names[names.count - 1].append(first)
                rest = rest.dropFirst()
            }
        }
        return names.filter { !$0.isEmpty }
    }
}
