import JSONText
import LoadPlan
import Metrics

/// How k6's summary writes numbers, by what they are.
enum NumberText {
    /// With two digits after the point; without any below a microsecond and from a minute on.
    ///
    /// - Parameter milliseconds: a duration; may be negative, as a difference is.
    static func duration(_ milliseconds: Double) -> String {
        // Nanoseconds of more than 292 years do not fit.
        let magnitude = Swift.min(milliseconds.magnitude, 9e12)
        let step: Double =
            switch magnitude {
            case ..<0.001: 1
            case ..<1: 10
            case ..<1_000: 10_000
            case ..<60_000: 10_000_000
            default: 1_000_000_000
            }
        let nanoseconds = (magnitude * 1e6 / step).truncatedWhole * Int64(step)
        return Duration.nanoseconds(milliseconds < 0 ? -nanoseconds : nanoseconds).planText
    }

    /// In the unit, always with two digits after the point; without a unit in the one that fits.
    static func duration(_ milliseconds: Double, in unit: SummaryTimeUnit?) -> String {
        switch unit {
        case nil: Self.duration(milliseconds)
        case .seconds: (milliseconds / 1_000).fixed(2) + "s"
        case .milliseconds: milliseconds.fixed(2) + "ms"
        case .microseconds: (milliseconds * 1_000).fixed(2) + "µs"
        }
    }

    /// In units of 1000 bytes.
    static func bytes(_ bytes: Double) -> String {
        if bytes < 0 { return "-" + Self.bytes(-bytes) }
        if bytes < 10 { return bytes.short(6) + " B" }
        var (value, unit) = (bytes, 0)
        let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
        while value >= 1_000, unit < units.count - 1 { (value, unit) = (value / 1_000, unit + 1) }
        return value.fixed(value < 9.95 ? 1 : 0) + " " + units[unit]
    }

    /// - Parameter share: from 0 to 1.
    static func percentage(_ share: Double) -> String { (share * 100).truncated(2) + "%" }

    static func plain(_ value: Double) -> String { value.short(6) }

    /// - Parameter timeUnit: of times; nil for the one that fits.
    static func value(_ value: Double, of definition: MetricDefinition, timeUnit: SummaryTimeUnit? = nil) -> String {
        if definition.kind == .rate { return Self.percentage(value) }
        return switch definition.contains {
        case .default: Self.plain(value)
        case .time: Self.duration(value, in: timeUnit)
        case .data: Self.bytes(value)
        }
    }
}

extension RunResult {
    /// The value of the threshold's metric at the end; nil if nothing was recorded.
    func text(ofValueOf threshold: RunDescription.Threshold, timeUnit: SummaryTimeUnit? = nil) -> String? {
        threshold.value.map { value in
            guard let definition = self.metrics[threshold.selector]?.definition else { return NumberText.plain(value) }
            return NumberText.text(of: threshold.expression.aggregation, value, definition, timeUnit: timeUnit)
        }
    }

    /// Why a threshold has nothing to be compared with, or nothing but a counter's 0; nil where it has.
    func absence(of threshold: RunDescription.Threshold) -> String? {
        let selector = threshold.selector
        let isEmpty = self.metrics.value(of: selector)?.isEmpty ?? true
        // That nothing was added to a part of a counter is what most thresholds on one want.
        guard isEmpty, threshold.value == nil || !threshold.passed else { return nil }
        let whole = MetricSelector(metric: selector.metric)
        guard !selector.tags.isEmpty, self.metrics.value(of: whole)?.isEmpty == false else {
            return threshold.value == nil ? "no values" : nil
        }
        let tags = selector.tags.tags.map { "\($0.key):\($0.value)" }.joined(separator: ",")
        return "no such series: \(selector.metric) has values, but none with \(tags)"
    }

    /// - Parameter time: seconds since 1970.
    /// - Returns: how long after the start that was.
    func timeText(of time: Double) -> String { NumberText.duration(Swift.max(time - self.run.start, 0) * 1_000) }
}
