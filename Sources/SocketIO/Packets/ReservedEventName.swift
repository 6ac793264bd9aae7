import JSONText

/// The names of events that only the library itself may raise: a packet with one of them would fake a connect or an
/// end (the JavaScript parser refuses them, too).
package enum ReservedEventName {
    /// The longest name, each of its characters written as `\u0000`, and the quote.
    private static let longestText = 14 * 6 + 1

    /// Whether the name is reserved.
    package static func contains(_ name: UnsafeRawBufferPointer) -> Bool {
        switch name.count {
        case 7: name.equals("connect")
        case 10: name.equals("disconnect")
        case 11: name.equals("newListener")
        case 13: name.equals("connect_error") || name.equals("disconnecting")
        case 14: name.equals("removeListener")
        default: false
        }
    }

    /// Whether the JSON string whose text begins here, after its quote, is a reserved name.
    @inline(__always)
    static func begins(text: UnsafeRawBufferPointer) -> Bool {
        // Almost every name differs in its first letter.
        switch text.first {
        case UInt8(ascii: "c"), UInt8(ascii: "d"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "\\"):
            self.isReserved(text: text)
        default: false
        }
    }

    @inline(never)
    private static func isReserved(text: UnsafeRawBufferPointer) -> Bool {
        var hasEscapes = false
        var end = 0
        while end < text.count, end < self.longestText, text[end] != UInt8(ascii: "\"") {
            if text[end] == UInt8(ascii: "\\") {
                hasEscapes = true
                end += 1
            }
            end += 1
        }
        guard end < text.count, text[end] == UInt8(ascii: "\"") else { return false }
        let name = UnsafeRawBufferPointer(rebasing: text[..<end])
        if !hasEscapes { return self.contains(name) }
        let quote = CollectionOfOne(UInt8(ascii: "\""))
        guard var plain = JSON(parsing: Array(quote) + name + quote)?.string else { return false }
        return plain.withUTF8 { self.contains(UnsafeRawBufferPointer($0)) }
    }
}
