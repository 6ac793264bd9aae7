import EngineIO
import JSONText

/// A server's reason for a refusal or a disconnect.
package enum ServerWords {
    /// Whether the payload of a refusal, which the program gets, is a whole value. That of MessagePack was read with
    /// its packet.
    package static func isReadable(_ payload: UnsafeRawBufferPointer, _ serializer: SocketIOSerializer) -> Bool {
        serializer == .messagePack || payload.isEmpty
            || JSON(parsing: payload, leniently: true, maximumDepth: Self.maximumDepth) != nil
    }

    /// As deep as events may be.
    private static let maximumDepth = 128
    /// So much of a value of MessagePack is read, in bytes of its JSON text.
    private static let readLimit = 65536

    /// The reason in a payload as one line: a text, the `message` of an object (or its `error` and the like), the
    /// elements of a list, and any other value as JSON. Nil for an empty value, null, and an illegal payload.
    package static func of(_ payload: UnsafeRawBufferPointer, _ serializer: SocketIOSerializer) -> String? {
        switch serializer {
        case .json:
            return Self.line(JSON(parsing: payload, leniently: true, maximumDepth: Self.maximumDepth))
        case .messagePack:
            guard let text = MessagePackText.value(payload, limit: Self.readLimit) else { return nil }
            guard let json = JSON(parsing: text, leniently: true, maximumDepth: Self.maximumDepth) else {
                // Only its beginning was read.
                return RefusalText.line(String(decoding: text, as: UTF8.self))
            }
            return Self.line(json)
        }
    }

    private static func line(_ json: JSON?) -> String? { json.flatMap(Self.words).flatMap { RefusalText.line($0) } }

    private static func words(_ json: JSON) -> String? {
        switch json {
        case .null: return nil
        case .string(let text): return text.isEmpty ? nil : text
        case .array(let elements):
            // Of more elements a line does not show anything.
            let shown = elements.prefix(RefusalText.limit).map { Self.words($0) ?? $0.text(isForHTML: false) }
            return shown.isEmpty ? nil : shown.joined(separator: ", ")
        case .object(let members):
            for name in RefusalText.names {
                if let value = json[name], let words = Self.words(value) { return words }
            }
            return members.isEmpty ? nil : json.text(isForHTML: false)
        case .bool, .integer, .number: return json.text(isForHTML: false)
        }
    }
}
