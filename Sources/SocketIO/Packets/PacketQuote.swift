import EngineIO
import JSONText

/// The beginning of a packet that breaks the rules, as a message shows it.
package enum PacketQuote {
    /// How much is shown, in bytes.
    package static let limit = 80

    /// The first bytes of a message: text on one line, other bytes in hexadecimal.
    package static func of(_ message: UnsafeRawBufferPointer) -> String {
        let start = UnsafeRawBufferPointer(rebasing: message.prefix(Self.limit))
        let rest = message.count > start.count ? "…" : ""
        // The limit may cut a character.
        let end = UTF8Validation.firstInvalidOffset(start) ?? start.count
        if end == start.count || !rest.isEmpty && start.count - end < 4 {
            return VisibleText.line(String(decoding: start[..<end], as: UTF8.self)) + rest
        }
        return start.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ") + rest
    }
}
