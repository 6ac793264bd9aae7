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

    /// The text in a payload that is a string or an object with a `message`, as one line; nil for any other payload.
    package static func of(_ payload: UnsafeRawBufferPointer, _ serializer: SocketIOSerializer) -> String? {
        let text: String?
        switch serializer {
        case .json:
            let json = JSON(parsing: payload, leniently: true)
            text = json?.string ?? json?["message"]?.string
        case .messagePack:
            var cursor = MessagePackCursor(payload)
            guard cursor.isAtString || cursor.find("message") else { return nil }
            text = cursor.string().map { String(decoding: $0, as: UTF8.self) }
        }
        return text.flatMap { RefusalText.line($0) }
    }
}
