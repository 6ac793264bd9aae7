import JSONText
import Metrics

/// Which figures a summary shows of a Trend (k6, `summaryTrendStats`).
package enum TrendStatistics {
    /// k6's default: `avg,min,med,max,p(90),p(95)`.
    package static let defaults: [Aggregation] = [
        .average, .minimum, .median, .maximum, .percentile(90), .percentile(95),
    ]

    private static let allowed = "must be one of avg, min, med, max, count, p(N) with N from 0 to 100"

    /// Unlike a threshold, a summary may also ask how many values there were.
    private static func statistic(_ text: some StringProtocol) -> Aggregation? {
        Aggregation(text).flatMap { $0 == .count || $0.applies(to: .trend) ? $0 : nil }
    }

    /// Reads `--summary-trend-stats avg,p(95)`.
    package static func list(commandLine text: String) throws(OptionErrors) -> [Aggregation] {
        let problems = ProblemList()
        let statistics = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { name in
            let statistic = Self.statistic(name)
            if statistic == nil { problems.add("--summary-trend-stats", "\"\(name)\"", Self.allowed) }
            return statistic
        }
        try problems.throwIfAny()
        return statistics
    }

    static func read(_ reader: OptionReader) -> [Aggregation]? {
        reader.list("summaryTrendStats")?.compactMap { element in
            if let statistic = element.value.string.flatMap(Self.statistic) { return statistic }
            reader.problems.add(element.path, element.value.excerpt, Self.allowed)
            return nil
        }
    }
}

/// In which unit a summary shows times (k6, `summaryTimeUnit`); without one, each in the unit that fits it.
package enum SummaryTimeUnit: String, Sendable, CaseIterable {
    case seconds = "s"
    case milliseconds = "ms"
    case microseconds = "us"

    private static let allowed = "must be \"s\", \"ms\" or \"us\""

    /// Reads `--summary-time-unit ms`.
    package static func unit(commandLine text: String) throws(OptionErrors) -> SummaryTimeUnit {
        guard let unit = SummaryTimeUnit(rawValue: text) else {
            throw OptionErrors([
                OptionProblem(path: "--summary-time-unit", value: "\"\(text)\"", message: Self.allowed)
            ])
        }
        return unit
    }

    static func read(_ reader: OptionReader) -> SummaryTimeUnit? {
        guard let text = reader.string("summaryTimeUnit") else { return nil }
        if let unit = SummaryTimeUnit(rawValue: text) { return unit }
        reader.problems.add(reader.path(of: "summaryTimeUnit"), "\"\(text)\"", Self.allowed)
        return nil
    }
}
