import JSONText
import LoadPlan
import Metrics

extension RunResult {
    /// The number of the form below `eio_lua`; another one is refused by `init(export:)`.
    static let exportFormat = 1

    /// The whole run as JSON: k6's `root_group` and `metrics` for those who read k6's exports, and under `eio_lua`
    /// everything that a report or a merge needs, exactly: histograms, the timeline, errors, the description.
    package func export(trendStatistics: [Aggregation] = TrendStatistics.defaults) -> String {
        let own: JSON = .object([
            "format": .integer(Self.exportFormat),
            "run": self.run.json,
            "series": .array(self.metrics.records.map(\.json)),
            "timeline": self.timeline.json,
            "errors": .array(self.errors.sorted.map { Self.json($0.key, $0.entry) }),
        ])
        let members = self.k6Summary(trendStatistics: trendStatistics) + [JSON.Member(key: "eio_lua", value: own)]
        return JSON.object(members).text(indent: 2) + "\n"
    }

    private static func json(_ key: ErrorTable.Key, _ entry: ErrorTable.Entry) -> JSON {
        .object([
            "kind": .string(key.kind), "name": .string(key.name), "text": .string(key.text),
            "count": .integer(Int(clamping: entry.count)), "first": .number(entry.first), "last": .number(entry.last),
        ])
    }
}

extension RunDescription {
    fileprivate var json: JSON {
        .object([
            "name": .string(self.name), "script": .string(self.script), "command_line": .string(self.commandLine),
            "server": .string(self.server),
            "version": .string(self.version), "start": .number(self.start), "seconds": .number(self.seconds),
            "seed": .string(String(self.seed)), "processes": .integer(self.processes),
            "scenarios": .array(
                self.scenarios.map {
                    .object([
                        "name": .string($0.name), "executor": .string($0.executor), "plan": .string($0.plan),
                        "stage_ends": .numbers($0.stageEnds),
                    ])
                }),
            "thresholds": .array(self.thresholds.map(\.json)),
            "exit_reason": .string(self.exitReason), "exit_code": .integer(self.exitCode),
        ])
    }
}

extension RunDescription.Threshold {
    fileprivate var json: JSON {
        .object([
            "metric": .string(self.selector.metric), "tags": self.selector.tags.json,
            "expression": .string(self.expression.description),
            "aggregation": .string(self.expression.aggregation.description),
            "comparison": .string(self.expression.comparison.rawValue), "bound": .number(self.expression.value),
            "value": .optional(self.value), "passed": .bool(self.passed),
            "type": self.kind.map { .string($0.rawValue) } ?? .null,
        ])
    }
}

extension TagSet {
    var json: JSON { .object(self.tags.map { JSON.Member(key: $0.key, value: .string($0.value)) }) }
}

extension MetricSet.Record {
    fileprivate var json: JSON {
        .object([
            "metric": .string(self.definition.name), "type": .string(self.definition.kind.rawValue),
            "contains": .string(self.definition.contains.rawValue), "level": .bool(self.definition.isLevel),
            "custom": .bool(self.definition.isCustom), "total": self.total.json,
            "series": .array(self.series.map { .object(["tags": $0.tags.json, "value": $0.value.json]) }),
        ])
    }
}

extension MetricValue {
    fileprivate var json: JSON {
        switch self {
        case .counter(let sum): .object(["sum": .number(sum)])
        case .gauge(nil): .object([:])
        case .gauge(let gauge?):
            .object([
                "value": .number(gauge.value), "min": .number(gauge.min), "max": .number(gauge.max),
                "time": .number(gauge.time),
            ])
        case .rate(let passes, let total):
            .object(["passes": .integer(Int(clamping: passes)), "total": .integer(Int(clamping: total))])
        case .trend(let histogram):
            .object([
                "sum": .number(histogram.sum), "min": .number(histogram.min), "max": .number(histogram.max),
                "buckets": .array(histogram.buckets.map(JSON.integer)),
            ])
        }
    }
}

extension Timeline {
    fileprivate var json: JSON {
        .object([
            "levels": self.columns.levels.json, "counters": self.columns.counters.json,
            "trends": self.columns.trends.json, "intervals_per_point": .integer(self.intervalsPerPoint),
            "points": .array(self.points.map(\.json)), "heat_maps": .array(self.heatMaps.map(\.json)),
        ])
    }
}

extension [MetricSelector] {
    fileprivate var json: JSON {
        .array(self.map { .object(["metric": .string($0.metric), "tags": $0.tags.json]) })
    }
}

extension Timeline.Point {
    /// A trend is count, mean, min, max, p50, p95, p99, or null where it had no value.
    fileprivate var json: JSON {
        let trends = self.trends.map { (trend: Timeline.Statistics?) -> JSON in
            guard let trend else { return .null }
            return .array(
                [.integer(Int(clamping: trend.count))]
                    + [trend.mean, trend.min, trend.max, trend.p50, trend.p95, trend.p99].map(JSON.number))
        }
        return .object([
            "time": .number(self.time), "seconds": .number(self.seconds), "levels": .numbers(self.levels),
            "counters": .numbers(self.counters), "trends": .array(trends),
        ])
    }
}
