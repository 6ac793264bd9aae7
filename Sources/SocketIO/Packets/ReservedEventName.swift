import Glibc
import JSONText

/// The names of events that only the library itself may raise: a packet with one of them would fake a connect or an
/// end (the JavaScript parser refuses them, too).
package enum ReservedEventName {
    private static let names: [StaticString] = [
        "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
    ]
    /// The longest name, each of its characters written as `\u0000`, and the quote.
    private static let longestText = 14 * 6 + 1

    /// Whether the name is reserved.
    package static func contains(_ name: UnsafeRawBufferPointer) -> Bool {
        guard let base = name.baseAddress, self.mayBegin(base.load(as: UInt8.self)) else { return false }
        return self.names.contains {
            $0.utf8CodeUnitCount == name.count && memcmp($0.utf8Start, base, name.count) == 0
        }
    }

    /// Whether the JSON string whose text begins here, after its quote, is a reserved name.
    static func begins(text: UnsafeRawBufferPointer) -> Bool {
        // Almost every name differs in its first letter.
        guard let first = text.first, self.mayBegin(first) || first == UInt8(ascii: "\\") else { return false }
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

    private static func mayBegin(_ letter: UInt8) -> Bool {
        switch letter {
        case UInt8(ascii: "c"), UInt8(ascii: "d"), UInt8(ascii: "n"), UInt8(ascii: "r"): true
        default: false
        }
    }
}
