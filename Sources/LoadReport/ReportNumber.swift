import JSONText
import Metrics

/// Figures of a report, with at most four digits and their unit.
enum ReportNumber {
    /// A figure of a metric, in the unit of its values.
    static func value(_ value: Double, of definition: MetricDefinition) -> String {
        if definition.kind == .rate { return Self.share(value) }
        return switch definition.contains {
        case .default: Self.plain(value)
        case .time: Self.time(value)
        case .data: Self.bytes(value)
        }
    }

    /// As `value`, for a figure whose kind depends on the aggregation: a counter's rate has "/s", a number of values
    /// has the unit of none.
    static func value(_ value: Double, of aggregation: Aggregation, _ definition: MetricDefinition) -> String {
        switch (aggregation, definition.kind) {
        case (.count, .trend): Self.plain(value)
        case (.rate, .counter): Self.value(value, of: definition) + "/s"
        default: Self.value(value, of: definition)
        }
    }

    /// A number without a unit: 9999, 12.35 k, 1.234 M.
    static func plain(_ value: Double) -> String { Self.scaled(value, units: ["", "k", "M", "G", "T", "P", "E"]) }

    /// In units of 1000 bytes.
    static func bytes(_ value: Double) -> String {
        Self.scaled(value, units: ["B", "kB", "MB", "GB", "TB", "PB", "EB"], first: 1_000)
    }

    /// - Parameter milliseconds: a duration; may be negative, as a difference is.
    static func time(_ milliseconds: Double) -> String {
        switch milliseconds.magnitude {
        case 0: "0 ms"
        case ..<0.001: Self.digits(milliseconds * 1e6) + " ns"
        case ..<1: Self.digits(milliseconds * 1e3) + " µs"
        case ..<1e3: Self.digits(milliseconds) + " ms"
        case ..<6e5: Self.digits(milliseconds / 1e3) + " s"
        case ..<3.6e7: Self.digits(milliseconds / 6e4) + " min"
        default: Self.scaled(milliseconds / 3.6e6, units: ["h", "kh", "Mh", "Gh"])
        }
    }

    /// How long something took or when it came, in the units of a clock: 4.1 s, 12 min 5 s, 3 h 20 min.
    static func length(_ seconds: Double) -> String {
        if seconds == 0 { return "0 s" }
        guard seconds.magnitude >= 1 else { return Self.time(seconds * 1_000) }
        guard seconds >= 60 else { return Self.time((seconds * 100).rounded() * 10) }
        guard seconds < 3_600_000 else { return Self.time(seconds * 1_000) }
        let whole = Int(seconds)
        let parts =
            whole < 3_600
            ? [(whole / 60, "min"), (whole % 60, "s")]
            : [
                (whole / 3_600, "h"), (whole / 60 % 60, "min"), (whole % 60, "s"),
            ]
        return parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }

    /// Rounded down, so that a share that is not all never is 100 %.
    ///
    /// - Parameter share: from 0 to 1.
    static func share(_ share: Double) -> String {
        DecimalText.withoutTrailingZeros((share * 100).truncated(2)) + " %"
    }

    private static func scaled(_ value: Double, units: [String], first: Double = 10_000) -> String {
        var (rest, unit) = (value, 0)
        if value.magnitude >= first {
            while rest.magnitude >= 1_000, unit < units.count - 1 { (rest, unit) = (rest / 1_000, unit + 1) }
        }
        return Self.digits(rest) + (units[unit].isEmpty ? "" : " " + units[unit])
    }

    /// Four significant digits, without zeros at the end.
    static func digits(_ value: Double) -> String {
        guard value.magnitude >= 1e-12 else { return "0" }
        var (places, rest) = (3, value.magnitude)
        while rest >= 10, places > 0 { (places, rest) = (places - 1, rest / 10) }
        while rest < 1 { (places, rest) = (places + 1, rest * 10) }
        // As JavaScript writes it: 1.235e-7.
        guard value.magnitude >= 1e-6 else { return "\((value < 0 ? -rest : rest).short(3))e-\(places - 3)" }
        return value.short(places)
    }
}
