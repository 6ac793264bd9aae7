/// The four kinds of metrics (k6, "Metrics").
public enum MetricKind: String, Sendable, CaseIterable {
    case counter, gauge, rate, trend
}

/// A metric's figure that a threshold compares.
public enum Aggregation: Hashable, Sendable, CustomStringConvertible {
    case count, rate, value, average, minimum, maximum, median
    /// From 0 to 100.
    case percentile(Double)

    public var description: String {
        switch self {
        case .count: "count"
        case .rate: "rate"
        case .value: "value"
        case .average: "avg"
        case .minimum: "min"
        case .maximum: "max"
        case .median: "med"
        case .percentile(let percentile): "p(\(JSONValue.text(of: percentile)))"
        }
    }

    static let words: [String: Aggregation] = [
        "count": .count, "rate": .rate, "value": .value, "avg": .average, "min": .minimum, "max": .maximum,
        "med": .median,
    ]

    /// Whether metrics of the kind have this figure (k6, "Thresholds", the table of aggregation methods).
    public func fits(_ kind: MetricKind) -> Bool {
        switch (kind, self) {
        case (.counter, .count), (.counter, .rate), (.gauge, .value), (.rate, .rate): true
        case (.trend, .average), (.trend, .minimum), (.trend, .maximum), (.trend, .median), (.trend, .percentile): true
        default: false
        }
    }

    static func names(for kind: MetricKind) -> String {
        switch kind {
        case .counter: "count, rate"
        case .gauge: "value"
        case .rate: "rate"
        case .trend: "avg, min, max, med, p(N)"
        }
    }
}

/// A condition on a metric: `p(95)<200`, `rate>0.9`, `count == 0`. Times are in milliseconds.
///
/// The grammar is k6's: aggregation, spaces, operator, spaces, number; `===` means `==`.
public struct ThresholdExpression: Equatable, Sendable, CustomStringConvertible {
    public enum Comparison: String, Sendable {
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case equal = "=="
        case notEqual = "!="
    }

    public let aggregation: Aggregation
    public let comparison: Comparison
    public let value: Double
    /// As the script wrote it.
    public let description: String

    public init(parsing text: String) throws(ThresholdSyntaxError) {
        var scanner = TextScanner(text)
        scanner.skipSpaces()
        self.aggregation = try Self.aggregation(&scanner)
        scanner.skipSpaces()
        let beforeOperator = scanner
        let sign = scanner.take { "<>=!".unicodeScalars.contains($0) }
        guard let comparison = Comparison(rawValue: sign == "===" ? "==" : sign) else {
            throw beforeOperator.error("expected one of < <= > >= == === !=")
        }
        self.comparison = comparison
        scanner.skipSpaces()
        let beforeNumber = scanner
        guard let value = NumberText.decimal(scanner.take { $0 != " " }) else {
            throw beforeNumber.error("expected a number")
        }
        self.value = value
        scanner.skipSpaces()
        guard scanner.isAtEnd else { throw scanner.error("expected the end") }
        self.description = text
    }

    private static func aggregation(_ scanner: inout TextScanner) throws(ThresholdSyntaxError) -> Aggregation {
        let start = scanner
        let word = scanner.take { $0.isWordCharacter }
        if let aggregation = Aggregation.words[word] { return aggregation }
        guard word == "p", scanner.take("(") else {
            throw start.error("expected one of count, rate, value, avg, min, max, med, p(N)")
        }
        let beforeNumber = scanner
        guard let percentile = NumberText.decimal(scanner.take { $0 != ")" }), (0...100).contains(percentile) else {
            throw beforeNumber.error("expected a percentile from 0 to 100")
        }
        guard scanner.take(")") else { throw scanner.error("expected \")\"") }
        return .percentile(percentile)
    }

    /// Whether the figure meets the condition. One that is not a number meets none, not even `!=`.
    public func holds(for figure: Double) -> Bool {
        if figure.isNaN { return false }
        return switch self.comparison {
        case .less: figure < self.value
        case .lessOrEqual: figure <= self.value
        case .greater: figure > self.value
        case .greaterOrEqual: figure >= self.value
        case .equal: figure == self.value
        case .notEqual: figure != self.value
        }
    }
}
