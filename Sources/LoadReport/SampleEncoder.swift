import JSONText
import Metrics

/// Samples as lines of a file: k6's NDJSON or k6's CSV.
///
/// There may be a hundred thousand samples a second, most of them of few series, so the common part of a series' lines
/// is made once.
package struct SampleEncoder: Sendable {
    package enum Format: String, Sendable {
        case json, csv
    }

    private struct Series: Hashable {
        let metric: MetricID
        let tags: TagSet
    }

    package let format: Format
    /// The rest of a line after the value.
    private var ends: [Series: [UInt8]] = [:]
    private var second = Int.min
    /// The date and time of `second` in RFC 3339, without its fraction and zone.
    private var date: [UInt8] = []

    /// Series that are remembered; tags of a script's own may have any value.
    private static let maximumSeries = 4096

    package init(_ format: Format) { self.format = format }

    /// The first line of the file; none for JSON.
    package var header: [UInt8] { self.format == .csv ? SampleCSV.header : [] }

    /// The line that declares a metric, which stands before its first sample; none for CSV.
    /// - Parameter thresholds: the expressions on this metric.
    package func declaration(of definition: MetricDefinition, thresholds: [String] = []) -> [UInt8] {
        self.format == .json ? JSONLines.metric(definition, thresholds: thresholds) : []
    }

    /// - Parameter metric: the metric's name.
    package mutating func append(_ sample: Sample, of metric: String, to bytes: inout [UInt8]) {
        switch self.format {
        case .json:
            bytes += JSONLines.beginning.utf8
            self.appendTime(sample.time, to: &bytes)
            bytes += "\",\"value\":".utf8
            bytes += (sample.value.isFinite ? sample.value.plainText : "null").utf8
        case .csv:
            bytes += metric.utf8
            bytes += ",\(sample.time / 1_000_000_000),".utf8
            bytes += sample.value.fixed(6).utf8
        }
        bytes += self.end(of: sample, metric)
    }

    private mutating func end(of sample: Sample, _ metric: String) -> [UInt8] {
        let series = Series(metric: sample.metric, tags: sample.tags)
        if let known = self.ends[series] { return known }
        if self.ends.count == Self.maximumSeries { self.ends.removeAll(keepingCapacity: true) }
        let end = self.format == .json ? JSONLines.end(metric, sample.tags) : SampleCSV.end(sample.tags)
        self.ends[series] = end
        return end
    }

    private mutating func appendTime(_ time: Int64, to bytes: inout [UInt8]) {
        var (second, rest) = Int(time).dividedDown(by: 1_000_000_000)
        if second != self.second {
            self.second = second
            self.date = Array(Timestamp.rfc3339(nanoseconds: time - Int64(rest)).utf8.dropLast())
        }
        bytes += self.date
        if rest != 0 {
            bytes.append(UInt8(ascii: "."))
            var unit = 100_000_000
            while rest != 0 {
                bytes.append(UInt8(ascii: "0") + UInt8(rest / unit))
                rest %= unit
                unit /= 10
            }
        }
        bytes.append(UInt8(ascii: "Z"))
    }
}

private enum JSONLines {
    static let beginning = "{\"type\":\"Point\",\"data\":{\"time\":\""

    static func metric(_ definition: MetricDefinition, thresholds: [String]) -> [UInt8] {
        let data: JSON = .object([
            "name": .string(definition.name), "type": .string(definition.kind.rawValue),
            "contains": .string(definition.contains.rawValue), "thresholds": .strings(thresholds), "submetrics": .null,
        ])
        let line: JSON = .object([
            "type": .string("Metric"), "data": data, "metric": .string(definition.name),
        ])
        return Array((line.text() + "\n").utf8)
    }

    static func end(_ metric: String, _ tags: TagSet) -> [UInt8] {
        Array(",\"tags\":\(tags.json.text())},\"metric\":\(JSON.string(metric).text())}\n".utf8)
    }
}

/// k6's columns in its order, whatever protocol they are of; all other tags stand in `extra_tags`.
private enum SampleCSV {
    private static let tagColumns = [
        "check", "error", "error_code", "expected_response", "group", "method", "name", "proto", "scenario", "service",
        "status", "subproto", "tls_version", "url",
    ]

    static var header: [UInt8] {
        let columns = ["metric_name", "timestamp", "metric_value"] + Self.tagColumns + ["extra_tags", "metadata"]
        return Array(CSVRow.text(columns, lineBreak: "\n").utf8)
    }

    static func end(_ tags: TagSet) -> [UInt8] {
        let extra = tags.tags.filter { !Self.tagColumns.contains($0.key) }.map { "\($0.key)=\($0.value)" }
        let fields = Self.tagColumns.map { tags[$0] ?? "" } + [extra.joined(separator: "&"), ""]
        return Array(("," + CSVRow.text(fields, lineBreak: "\n")).utf8)
    }
}
