import EngineIO
import JSONText

/// The secrets of CONNECT packets: the program's `auth`, and the ids of the session. With `pid`, the private one,
/// anybody could take over the session and all events that its client missed.
package enum ConnectSecret {
    private static let keys = ["sid", "pid"].map { [0xA3] + Array($0.utf8) }
    /// More is never shown.
    private static let searched = 1024

    /// Whether the message may have such a secret, even if it breaks the rules, or is that of the other serializer.
    package static func mayBe(in kind: MessageKind, _ message: UnsafeRawBufferPointer) -> Bool {
        switch kind {
        case .text: self.isConnect(message) && message.contains(UInt8(ascii: "{"))
        case .binary:
            (try? SocketIOSerializer.messagePack.read(message, maximumAttachments: 0))?.type == .connect
                || self.keys.contains { message.prefix(self.searched).firstOccurrence(of: $0) != nil }
        }
    }

    /// Whether a text message is a CONNECT packet with JSON, or the beginning of one.
    package static func isConnect(_ text: UnsafeRawBufferPointer) -> Bool {
        text.first == SocketIOPacketType.connect.rawValue
    }

    /// The namespace of a CONNECT packet as it may be shown. Without a comma, an object is a part of it.
    package static func namespace(_ name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: name.prefix { $0 != UInt8(ascii: "{") })
    }
}
