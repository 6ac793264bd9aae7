/// Decodes the bytes of keys, which are UTF-8, into characters, one byte after the other.
struct KeyDecoder {
    private var bytes: [UInt8] = []

    /// - Returns: the characters that the byte completes: none, one, or two if it interrupts another one. An invalid
    ///   sequence becomes U+FFFD.
    mutating func add(_ byte: UInt8) -> [Unicode.Scalar] {
        let isContinuation = byte & 0xC0 == 0x80
        if !self.bytes.isEmpty, !isContinuation {
            self.bytes = []
            return [Self.replacement] + self.add(byte)
        }
        self.bytes.append(byte)
        guard self.bytes.count >= Self.length(of: self.bytes[0]) else { return [] }
        defer { self.bytes = [] }
        return [String(validating: self.bytes, as: UTF8.self)?.unicodeScalars.first ?? Self.replacement]
    }

    private static let replacement: Unicode.Scalar = "\u{FFFD}"

    private static func length(of lead: UInt8) -> Int {
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }
}
