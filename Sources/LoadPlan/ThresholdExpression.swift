import JSONText
import Metrics

/// A condition on a metric: `p(95)<200`, `rate>0.9`, `count == 0`. Times are in milliseconds.
///
/// The grammar is k6's: aggregation, spaces, operator, spaces, number; `===` means `==`.
package struct ThresholdExpression: Equatable, Sendable, CustomStringConvertible {
    package enum Comparison: String, Sendable {
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case equal = "=="
        case notEqual = "!="
    }

    package let aggregation: Aggregation
    package let comparison: Comparison
    package let value: Double
    /// As the script wrote it.
    package let description: String

    package init(parsing text: String) throws(ThresholdSyntaxError) {
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
        guard let value = Double(decimal: scanner.take { $0 != " " }) else {
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
        guard word == "p", scanner.take("(") else {
            if let aggregation = Aggregation(word) { return aggregation }
            throw start.error("expected one of count, rate, value, avg, min, max, med, p(N)")
        }
        let beforeNumber = scanner
        guard let aggregation = Aggregation("p(\(scanner.take { $0 != ")" }))") else {
            throw beforeNumber.error("expected a percentile from 0 to 100")
        }
        guard scanner.take(")") else { throw scanner.error("expected \")\"") }
        return aggregation
    }

    /// Whether the figure meets the condition. One that is not a number meets none, not even `!=`.
    package func holds(for figure: Double) -> Bool {
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
