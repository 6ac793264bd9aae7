import JSONText
import Metrics

/// The metrics in Prometheus' text format, version 0.0.4.
///
/// Names begin with `eio_`, those of a script's metrics with `eio_script_`, and have Prometheus' units: times are
/// seconds. Counters end in `_total`; a rate is two counters, passed and all; a trend is a summary with its quantiles
/// since the start.
package enum PrometheusText {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private static let quantiles: [Double] = [50, 90, 95, 99, 99.9]

    /// - Parameter maximumSeries: of one metric; the others are left out of the page, never out of the totals.
    package static func text(_ metrics: MetricSet, errors: ErrorTable, maximumSeries: Int = 1000) -> String {
        var text = ""
        var names: Set<String> = []
        for record in metrics.records where !record.series.isEmpty {
            var name = Self.name(record.definition)
            // A page with two families of one name is refused as a whole.
            while !names.isDisjoint(with: Self.families(name, record.definition)) { name += "_" }
            names.formUnion(Self.families(name, record.definition))
            Self.write(record, name, maximumSeries: maximumSeries, to: &text)
        }
        Self.family("eio_distinct_errors", "gauge", "Distinct texts of errors.", &text)
        text += "eio_distinct_errors \(errors.entries.count)\n"
        return text
    }

    private static func write(
        _ record: MetricSet.Record, _ name: String, maximumSeries: Int, to text: inout String
    ) {
        let definition = record.definition
        let series = record.series.prefix(maximumSeries).filter { !$0.value.isEmpty || definition.kind == .counter }
        guard !series.isEmpty else { return }
        let help = "\(definition.name), a \(definition.kind) of a load run."
        switch definition.kind {
        case .counter: Self.family(name, "counter", help, &text)
        case .gauge: Self.family(name, "gauge", help, &text)
        case .trend: Self.family(name, "summary", help, &text)
        case .rate:
            // Lines of one family must stand together, so that the two counters are written one after the other.
            for (suffix, wanted) in [("_passed_total", true), ("_total", false)] {
                Self.family(name + suffix, "counter", help, &text)
                for part in series {
                    guard case .rate(let passes, let total) = part.value else { continue }
                    text += "\(name)\(suffix)\(Self.labels(part.tags)) \(wanted ? passes : total)\n"
                }
            }
        }
        for part in series { Self.write(part, name, definition, to: &text) }
    }

    private static func write(
        _ part: MetricSet.Series, _ name: String, _ definition: MetricDefinition, to text: inout String
    ) {
        switch part.value {
        case .counter(let sum): text += "\(name)\(Self.labels(part.tags)) \(Self.number(sum))\n"
        case .gauge(let gauge?): text += "\(name)\(Self.labels(part.tags)) \(Self.number(gauge.value))\n"
        case .gauge(nil), .rate: break
        case .trend(let histogram):
            let unit = definition.contains == .time ? 1e9 : 1
            for (quantile, value) in zip(Self.quantiles, histogram.percentiles(Self.quantiles)) {
                let labels = Self.labels(part.tags, ("quantile", (quantile / 100).short(6)))
                text += "\(name)\(labels) \(Self.number(value / unit))\n"
            }
            text += "\(name)_sum\(Self.labels(part.tags)) \(Self.number(histogram.sum / unit))\n"
            text += "\(name)_count\(Self.labels(part.tags)) \(histogram.count)\n"
        }
    }

    private static func family(_ name: String, _ type: String, _ help: String, _ text: inout String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private static func name(_ definition: MetricDefinition) -> String {
        var name = definition.isCustom ? "eio_script_" + definition.name : definition.name
        if !name.hasPrefix("eio_") { name = "eio_" + name }
        if definition.contains == .time { name += "_seconds" }
        if definition.contains == .data { name += "_bytes" }
        if definition.kind == .counter { name += "_total" }
        return name
    }

    /// All names that a metric takes.
    private static func families(_ name: String, _ definition: MetricDefinition) -> [String] {
        switch definition.kind {
        case .counter, .gauge: [name]
        case .rate: [name + "_passed_total", name + "_total"]
        case .trend: [name, name + "_sum", name + "_count"]
        }
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        return value.isFinite ? value.plainText : value > 0 ? "+Inf" : "-Inf"
    }

    /// A label's name has fewer characters than a tag's may have; two tags that become one name are numbered.
    private static func labels(_ tags: TagSet, _ extra: (String, String)? = nil) -> String {
        var labels: [(name: String, value: String)] = []
        for tag in tags.tags {
            var name = String(tag.key.unicodeScalars.map { $0.isWordCharacter ? Character($0) : "_" })
            if name.first?.isNumber ?? true { name = "_" + name }
            // Names with two underscores at the beginning are Prometheus' own.
            if name.hasPrefix("__") || name == extra?.0 { name = "tag" + name }
            while labels.contains(where: { $0.name == name }) { name += "_" }
            labels.append((name, tag.value))
        }
        if let extra { labels.append(extra) }
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",") + "}"
    }

    /// The format has these three escapes; all else, a carriage return too, stands as it is.
    private static func escaped(_ value: String) -> String {
        value.escaped { byte in
            switch byte {
            case UInt8(ascii: "\\"): "\\\\"
            case UInt8(ascii: "\""): "\\\""
            case UInt8(ascii: "\n"): "\\n"
            default: nil
            }
        }
    }
}
