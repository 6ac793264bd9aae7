import Metrics

extension Double {
    /// With so many digits after the point, rounded (halves away from zero).
    func fixed(_ digits: Int) -> String {
        let scale = Self.powersOfTen[digits]
        guard self.isFinite, self.magnitude * scale < 9e18 else { return self.plainText }
        return Self.text(ofScaled: Int64((self * scale).rounded()), digits: digits)
    }

    /// As `fixed`, with the digits after the last cut off: a share of 99.999 % must not read as all.
    func truncated(_ digits: Int) -> String {
        let scale = Self.powersOfTen[digits]
        guard self.isFinite, self.magnitude * scale < 9e18 else { return self.plainText }
        // A product such as 0.29 * 100 is just below the number that was meant.
        let scaled = self * scale
        let nearest = scaled.rounded()
        let kept = (scaled - nearest).magnitude < 1e-12 * Swift.max(nearest.magnitude, 1) ? nearest : scaled
        return Self.text(ofScaled: Int64(kept.rounded(.towardZero)), digits: digits)
    }

    /// Up to so many digits after the point, without zeros at the end.
    func short(_ digits: Int) -> String { Self.withoutTrailingZeros(self.fixed(digits)) }

    static func withoutTrailingZeros(_ text: String) -> String {
        guard text.contains("."), !text.contains("e") else { return text }
        var text = Substring(text)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text == "-0" ? "0" : String(text)
    }

    /// The shortest text that reads as this number again, in JSON's grammar.
    var plainNumber: String { self.plainText }

    private static let powersOfTen: [Double] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]

    private static func text(ofScaled scaled: Int64, digits: Int) -> String {
        guard digits > 0 else { return String(scaled) }
        let text = String(scaled.magnitude)
        let padded = String(repeating: "0", count: Swift.max(digits + 1 - text.count, 0)) + text
        return (scaled < 0 ? "-" : "") + padded.dropLast(digits) + "." + padded.suffix(digits)
    }
}

/// How k6's summary writes numbers, by what they are.
enum NumberText {
    /// - Parameter milliseconds: a duration; may be negative, as a difference is.
    static func duration(_ milliseconds: Double) -> String {
        if milliseconds < 0 { return "-" + Self.duration(-milliseconds) }
        if milliseconds == 0 { return "0s" }
        if milliseconds < 0.001 { return (milliseconds * 1e6).truncated(0) + "ns" }
        if milliseconds < 1 { return Self.trimmed(milliseconds * 1_000) + "µs" }
        if milliseconds < 1_000 { return Self.trimmed(milliseconds) + "ms" }
        if milliseconds < 60_000 { return Self.trimmed(milliseconds / 1_000) + "s" }
        let seconds = Int64(Swift.min(milliseconds / 1_000, 9e15))
        let minutes = "\(seconds / 60 % 60)m\(seconds % 60)s"
        return seconds < 3_600 ? minutes : "\(seconds / 3_600)h\(minutes)"
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

    static func value(_ value: Double, of definition: MetricDefinition) -> String {
        if definition.kind == .rate { return Self.percentage(value) }
        return switch definition.contains {
        case .default: Self.plain(value)
        case .time: Self.duration(value)
        case .data: Self.bytes(value)
        }
    }

    private static func trimmed(_ value: Double) -> String { Double.withoutTrailingZeros(value.truncated(2)) }
}
