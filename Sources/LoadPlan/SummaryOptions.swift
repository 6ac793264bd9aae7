/// One figure that a summary shows of a Trend: `avg`, `min`, `med`, `max`, `count` or `p(N)` (k6, `summaryTrendStats`).
public enum TrendStatistic: Hashable, Sendable, CustomStringConvertible {
    case average, minimum, median, maximum, count
    /// From 0 to 100.
    case percentile(Double)

    /// k6's default: `avg,min,med,max,p(90),p(95)`.
    public static let defaults: [TrendStatistic] = [
        .average, .minimum, .median, .maximum, .percentile(90), .percentile(95),
    ]

    /// Nil where the text names none.
    public init?(_ text: String) {
        switch text {
        case "avg": self = .average
        case "min": self = .minimum
        case "med": self = .median
        case "max": self = .maximum
        case "count": self = .count
        default:
            guard text.hasPrefix("p("), text.hasSuffix(")"),
                let percentile = NumberText.decimal(text.dropFirst(2).dropLast()), (0...100).contains(percentile)
            else { return nil }
            self = .percentile(percentile)
        }
    }

    public var description: String {
        switch self {
        case .average: "avg"
        case .minimum: "min"
        case .median: "med"
        case .maximum: "max"
        case .count: "count"
        case .percentile(let percentile): "p(\(JSONValue.text(of: percentile)))"
        }
    }

    static let allowed = "must be one of avg, min, med, max, count, p(N) with N from 0 to 100"

    /// Reads `--summary-trend-stats avg,p(95)`.
    public static func list(commandLine text: String) throws(OptionErrors) -> [TrendStatistic] {
        let problems = ProblemList()
        let statistics = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { name in
            let statistic = TrendStatistic(String(name))
            if statistic == nil { problems.add("--summary-trend-stats", "\"\(name)\"", Self.allowed) }
            return statistic
        }
        try problems.throwIfAny()
        return statistics
    }

    static func read(_ reader: OptionReader) -> [TrendStatistic]? {
        reader.list("summaryTrendStats")?.compactMap { element in
            if case .string(let text) = element.value, let statistic = TrendStatistic(text) { return statistic }
            reader.problems.add(element.path, element.value.excerpt, Self.allowed)
            return nil
        }
    }
}

/// In which unit a summary shows times (k6, `summaryTimeUnit`); without one, each in the unit that fits it.
public enum SummaryTimeUnit: String, Sendable, CaseIterable {
    case seconds = "s"
    case milliseconds = "ms"
    case microseconds = "us"

    static func read(_ reader: OptionReader) -> SummaryTimeUnit? {
        guard let text = reader.string("summaryTimeUnit") else { return nil }
        if let unit = SummaryTimeUnit(rawValue: text) { return unit }
        reader.problems.add(reader.path(of: "summaryTimeUnit"), "\"\(text)\"", "must be \"s\", \"ms\" or \"us\"")
        return nil
    }
}
