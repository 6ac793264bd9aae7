/// A secret that allows those who have it to stop a run: 128 random bits, as hexadecimal digits.
struct StopToken: Sendable {
    let text: String

    /// - Parameters:
    ///   - first: 64 random bits that nobody can predict.
    ///   - second: 64 more.
    init(_ first: UInt64, _ second: UInt64) {
        self.text = [first, second].map { bits in
            let digits = String(bits, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// From the system's random numbers.
    static func random() -> Self { Self(.random(in: .min ... .max), .random(in: .min ... .max)) }

    /// Whether the text is this token. The time does not depend on how much of it is right.
    func matches(_ text: Substring) -> Bool {
        guard text.utf8.count == self.text.utf8.count else { return false }
        return zip(text.utf8, self.text.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
