import TestSupport

extension SeededGenerator {
    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }

    /// Text of ASCII, two-, three- and four-byte characters, without the record separator.
    mutating func text(_ count: Int) -> String {
        let letters: [Character] = ["a", "Z", "0", " ", "\"", "é", "ß", "€", "中", "😀", "\u{10FFFF}"]
        return String((0..<count).map { _ in letters[self.below(letters.count)] })
    }
}
