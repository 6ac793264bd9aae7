/// Numbers in texts of users, and back.
enum NumberText {
    /// A decimal number with an optional sign and exponent. `Double` alone would also take `inf`, `nan` and `0x1p3`.
    static func decimal(_ text: some StringProtocol) -> Double? {
        let allowed = text.unicodeScalars.allSatisfy { $0.isDigit || "+-.eE".unicodeScalars.contains($0) }
        guard allowed, let number = Double(String(text)), number.isFinite else { return nil }
        return number
    }

    /// With two digits after the point, rounded.
    static func twoDigits(_ number: Double) -> String {
        let hundredths = Int64((number * 100).rounded())
        return "\(hundredths / 100)." + String(100 + hundredths % 100).dropFirst()
    }
}
