extension Double {
    /// Reads a decimal number with an optional sign and exponent. `Double` alone would also take `inf`, `nan` and
    /// `0x1p3`.
    package init?(decimal text: some StringProtocol) {
        let allowed = text.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
        guard allowed, let number = Double(String(text)), number.isFinite else { return nil }
        self = number
    }

    /// With so many digits after the point, rounded (halves away from zero).
    package func fixed(_ digits: Int) -> String {
        let scale = Self.powersOfTen[digits]
        guard self.isFinite, self.magnitude * scale < 9e18 else { return self.plainText }
        return DecimalText.text(ofScaled: Int64((self * scale).rounded()), digits: digits)
    }

    /// As `fixed`, with the digits after the last cut off: a share of 99.999 % must not read as all.
    package func truncated(_ digits: Int) -> String {
        let scale = Self.powersOfTen[digits]
        guard self.isFinite, self.magnitude * scale < 9e18 else { return self.plainText }
        return DecimalText.text(ofScaled: (self * scale).truncatedWhole, digits: digits)
    }

    /// Up to so many digits after the point, without zeros at the end.
    package func short(_ digits: Int) -> String { DecimalText.withoutTrailingZeros(self.fixed(digits)) }

    /// The whole number below, or the nearest one where that is hardly above: a product such as 0.29 * 100 is just
    /// below the number that was meant. It must fit.
    package var truncatedWhole: Int64 {
        let nearest = self.rounded()
        let isMeant = (self - nearest).magnitude < 1e-12 * Swift.max(nearest.magnitude, 1)
        return Int64(isMeant ? nearest : self.rounded(.towardZero))
    }

    private static let powersOfTen: [Double] = [1, 10, 100, 1_000, 10_000, 100_000, 1e6, 1e7, 1e8, 1e9]
}

/// Whole numbers as decimal fractions.
package enum DecimalText {
    /// `scaled` divided by so many tens.
    package static func text(ofScaled scaled: Int64, digits: Int) -> String {
        guard digits > 0 else { return String(scaled) }
        let text = String(scaled.magnitude)
        let padded = String(repeating: "0", count: Swift.max(digits + 1 - text.count, 0)) + text
        return (scaled < 0 ? "-" : "") + padded.dropLast(digits) + "." + padded.suffix(digits)
    }

    package static func withoutTrailingZeros(_ text: String) -> String {
        guard text.contains("."), !text.contains("e") else { return text }
        var text = Substring(text)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text == "-0" ? "0" : String(text)
    }
}
