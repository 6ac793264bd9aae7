import JSONText
import Metrics

/// A value as `--out` writes it: one sample, or what a counter got in a second.
public struct Sample: Sendable {
    public var metric: String
    /// Nanoseconds since 1970.
    public var time: Int64
    /// In the metric's shown unit (milliseconds for times); 1 or 0 for a rate.
    public var value: Double
    public var tags: TagSet

    public init(metric: String, time: Int64, value: Double, tags: TagSet) {
        (self.metric, self.time, self.value, self.tags) = (metric, time, value, tags)
    }
}

/// k6's NDJSON: a line that declares a metric before its first sample, and a line for each sample.
public enum JSONLines {
    /// - Parameter thresholds: the expressions on this metric.
    public static func metric(_ definition: MetricDefinition, thresholds: [String] = []) -> [UInt8] {
        let data: JSON = .object([
            "name": .string(definition.name), "type": .string(definition.kind.rawValue),
            "contains": .string(definition.contains.rawValue), "thresholds": .strings(thresholds), "submetrics": .null,
        ])
        return Self.line(["type": .string("Metric"), "data": data, "metric": .string(definition.name)])
    }

    public static func point(_ sample: Sample) -> [UInt8] {
        let data: JSON = .object([
            "time": .string(Timestamp.rfc3339(nanoseconds: sample.time)), "value": .optional(sample.value),
            "tags": sample.tags.json,
        ])
        return Self.line(["type": .string("Point"), "data": data, "metric": .string(sample.metric)])
    }

    private static func line(_ members: KeyValuePairs<String, JSON>) -> [UInt8] {
        Array((JSON.object(members).text() + "\n").utf8)
    }
}

/// k6's CSV: its columns in its order, whatever protocol they are of; all other tags stand in `extra_tags`.
public enum SampleCSV {
    private static let tagColumns = [
        "check", "error", "error_code", "expected_response", "group", "method", "name", "proto", "scenario", "service",
        "status", "subproto", "tls_version", "url",
    ]

    public static var header: [UInt8] {
        let columns = ["metric_name", "timestamp", "metric_value"] + Self.tagColumns + ["extra_tags", "metadata"]
        return Array(CSVRow.text(columns, lineBreak: "\n").utf8)
    }

    public static func row(_ sample: Sample) -> [UInt8] {
        let extra = sample.tags.tags.filter { !Self.tagColumns.contains($0.key) }.map { "\($0.key)=\($0.value)" }
        let fields =
            [sample.metric, String(sample.time / 1_000_000_000), sample.value.fixed(6)]
            + Self.tagColumns.map { sample.tags[$0] ?? "" } + [extra.joined(separator: "&"), ""]
        return Array(CSVRow.text(fields, lineBreak: "\n").utf8)
    }
}
