/// CSV as RFC 4180 has it.
package enum CSVText {
    /// The fields of a CSV text, read by RFC 4180 over its bytes.
    package static func rows(_ text: String) -> [[String]] {
        var rows: [[[UInt8]]] = [[[]]]
        var isQuoted = false
        var rest = Array(text.utf8)[...]
        func append(_ byte: UInt8) { rows[rows.count - 1][rows[rows.count - 1].count - 1].append(byte) }
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\"") where isQuoted && rest.first == byte:
                rest.removeFirst()
                append(byte)
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted: rows[rows.count - 1].append([])
            case UInt8(ascii: "\r") where !isQuoted: break
            case UInt8(ascii: "\n") where !isQuoted: rows.append([[]])
            default: append(byte)
            }
        }
        return rows.dropLast().map { $0.map { String(decoding: $0, as: UTF8.self) } }
    }
}
