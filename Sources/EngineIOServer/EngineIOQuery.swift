/// The parameters of a request's query that Engine.IO knows. The first of equal names counts.
struct EngineIOQuery: Equatable {
    var version: String?
    var transport: String?
    var sid: String?

    init(uri: String) {
        guard let start = uri.utf8.firstIndex(of: UInt8(ascii: "?")) else { return }
        for pair in uri.utf8[uri.utf8.index(after: start)...].split(separator: UInt8(ascii: "&")) {
            let separator = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let value = pair[separator...].dropFirst()
            switch String(pair[..<separator]) {
            case "EIO": self.version = self.version ?? Self.decode(value)
            case "transport": self.transport = self.transport ?? Self.decode(value)
            case "sid": self.sid = self.sid ?? Self.decode(value)
            default: break
            }
        }
    }

    /// Resolves percent escapes. Invalid escapes are kept literally.
    private static func decode(_ value: Substring.UTF8View) -> String {
        guard value.contains(UInt8(ascii: "%")) else { return String(Substring(value)) }
        var bytes: [UInt8] = []
        var rest = value
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, digits.allSatisfy({ Character(.init($0)).isHexDigit }),
                let escaped = UInt8(String(Substring(digits)), radix: 16)
            {
                bytes.append(escaped)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
