/// The names of sessions.
package enum SessionIdentifier {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// 20 letters of base64url from the system's random numbers: 120 bits, as engine.io's server has them.
    package static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        let (first, second) = (generator.next(), generator.next())
        return String(unsafeUninitializedCapacity: 20) { letters in
            for index in 0..<10 {
                letters[index] = self.alphabet[Int(first >> UInt64(index * 6) & 63)]
                letters[index + 10] = self.alphabet[Int(second >> UInt64(index * 6) & 63)]
            }
            return 20
        }
    }
}
