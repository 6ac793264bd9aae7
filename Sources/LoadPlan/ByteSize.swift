/// Sizes on the command line: `64MB`, `512k`, `1.5GiB`, `1000000`. Units are powers of 1024.
package enum ByteSize {
    private static let units: [String: Double] = [
        "": 1, "b": 1, "k": 0x1p10, "kb": 0x1p10, "kib": 0x1p10, "m": 0x1p20, "mb": 0x1p20, "mib": 0x1p20, "g": 0x1p30,
        "gb": 0x1p30, "gib": 0x1p30,
    ]

    /// The bytes that `text` contains, or nil if it is not a size, or more than a pebibyte.
    package static func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let factor = Self.units[text.dropFirst(digits.count).lowercased()], let number = Double(digits),
            number * factor <= 0x1p50
        else { return nil }
        return Int(number * factor)
    }
}
