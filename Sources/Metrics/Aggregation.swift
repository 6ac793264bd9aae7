import JSONText

/// A number that is made of a metric's values: what thresholds compare and summaries show.
package enum Aggregation: Hashable, Sendable, CustomStringConvertible {
    case count, rate, value
    case average, minimum, maximum, median
    /// From 0 to 100.
    case percentile(Double)

    /// Reads k6's names: `count`, `rate`, `value`, `avg`, `min`, `max`, `med`, `p(95)`. Nil for anything else, and for
    /// percentiles outside of 0 to 100.
    package init?(_ text: some StringProtocol) {
        switch text {
        case "count": self = .count
        case "rate": self = .rate
        case "value": self = .value
        case "avg": self = .average
        case "min": self = .minimum
        case "max": self = .maximum
        case "med": self = .median
        default:
            guard text.hasPrefix("p("), text.hasSuffix(")"),
                let percentile = Double(decimal: text.dropFirst(2).dropLast()), (0...100).contains(percentile)
            else { return nil }
            self = .percentile(percentile)
        }
    }

    package var description: String {
        switch self {
        case .count: "count"
        case .rate: "rate"
        case .value: "value"
        case .average: "avg"
        case .minimum: "min"
        case .maximum: "max"
        case .median: "med"
        case .percentile(let percentile): "p(\(percentile.plainText))"
        }
    }

    /// Whether thresholds on metrics of this kind may use it.
    package func applies(to kind: MetricKind) -> Bool {
        switch (kind, self) {
        case (.counter, .count), (.counter, .rate), (.gauge, .value), (.rate, .rate): true
        case (.trend, .average), (.trend, .minimum), (.trend, .maximum), (.trend, .median), (.trend, .percentile): true
        default: false
        }
    }

    /// The names of those that apply, for messages.
    package static func names(for kind: MetricKind) -> String {
        switch kind {
        case .counter: "count, rate"
        case .gauge: "value"
        case .rate: "rate"
        case .trend: "avg, min, max, med, p(N)"
        }
    }
}
