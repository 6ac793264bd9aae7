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
