/// A secret that allows those who have it to stop a run: 128 random bits, as hexadecimal digits.
struct StopToken: Sendable {
    let text: String

    /// - Parameter generator: must not be predictable.
    init(using generator: inout some RandomNumberGenerator) {
        self.text = (0..<2).map { _ in
            let digits = String(UInt64.random(in: .min ... .max, using: &generator), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// Whether the text is this token. The time does not depend on how much of it is right.
    func matches(_ text: Substring) -> Bool {
        guard text.utf8.count == self.text.utf8.count else { return false }
        return zip(text.utf8, self.text.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
