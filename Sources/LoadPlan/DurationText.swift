import JSONText
import Metrics

/// Durations as k6 writes them: `1m30s`, `500ms`, `1h`, `1d12h`.
///
/// The grammar is Go's `time.ParseDuration` with k6's addition of days in front. A number without a unit, which k6
/// reads as milliseconds and a person as seconds, is not valid; 0 needs no unit.
package enum DurationText {
    /// A year: nanoseconds of all sums and products in a plan stay far from the ends of their types.
    static let longest: Duration = .seconds(366 * 86_400)

    private static let nanoseconds: [String: Double] = [
        "ns": 1, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3_600e9, "d": 86_400e9,
    ]

    /// The duration in `text`, or nil if it is invalid or more than a year.
    ///
    /// It may be negative: what a negative one means, the option must say.
    package static func parse(_ text: String) -> Duration? {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest.removeFirst() }
        guard !rest.isEmpty else { return nil }
        if let number = Self.decimal(rest) { return number == 0 ? .zero : nil }
        var sum = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !($0.isASCII && ($0.isNumber || $0 == ".")) }
            rest = rest.dropFirst(unit.count)
            guard let number = Self.decimal(digits), let factor = Self.nanoseconds[String(unit)] else { return nil }
            sum += number * factor
        }
        return Self.duration(sum, isNegative)
    }

    /// Why `text` is not a duration: where it is a number without a unit, with both of its readings.
    static func complaint(_ text: String) -> String {
        guard let first = text.first, Self.decimal(text.dropFirst("+-".contains(first) ? 1 : 0)) != nil else {
            return "must be a duration of at most a year, such as \"1m30s\" or \"500ms\""
        }
        return Self.withoutUnit(text)
    }

    /// - Parameter number: as the user wrote it.
    static func withoutUnit(_ number: String) -> String {
        "\(number) is not a valid duration: write \(number)s (seconds) or \(number)ms (milliseconds)"
    }

    private static func duration(_ nanoseconds: Double, _ isNegative: Bool) -> Duration? {
        guard nanoseconds.magnitude <= Double(Self.longest.wholeNanoseconds) else { return nil }
        let rounded = Int64(nanoseconds.rounded())
        return .nanoseconds(isNegative ? -rounded : rounded)
    }

    /// Digits with at most one point; `Double` alone would also take `inf`, `0x1` and `1e3`.
    private static func decimal(_ text: Substring) -> Double? {
        guard text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), text.contains(where: \.isNumber) else {
            return nil
        }
        return Double(text)
    }
}

extension Duration {
    /// Whole nanoseconds; a plan's durations are at most a year, so that they fit.
    package var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = self.components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    /// As Go prints it, and so k6: `1m30s`, `1h0m0s`, `2.5s`, `500ms`, `0s`.
    package var planText: String {
        let nanoseconds = self.wholeNanoseconds
        if nanoseconds == 0 { return "0s" }
        let sign = nanoseconds < 0 ? "-" : ""
        let magnitude = Int64(nanoseconds.magnitude)
        switch magnitude {
        case ..<1_000: return sign + "\(magnitude)ns"
        case ..<1_000_000: return sign + Self.decimal(magnitude, digits: 3) + "µs"
        case ..<1_000_000_000: return sign + Self.decimal(magnitude, digits: 6) + "ms"
        default: break
        }
        let minutes = magnitude / 60_000_000_000
        let seconds = Self.decimal(magnitude % 60_000_000_000, digits: 9) + "s"
        if minutes == 0 { return sign + seconds }
        if minutes < 60 { return sign + "\(minutes)m" + seconds }
        return sign + "\(minutes / 60)h\(minutes % 60)m" + seconds
    }

    private static func decimal(_ scaled: Int64, digits: Int) -> String {
        DecimalText.withoutTrailingZeros(DecimalText.text(ofScaled: scaled, digits: digits))
    }
}
