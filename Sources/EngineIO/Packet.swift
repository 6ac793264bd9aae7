import NIOCore

/// The type of an Engine.IO packet: one ASCII digit on the wire (Engine.IO protocol 4, "Packet encoding").
public enum PacketType: UInt8, Sendable, CaseIterable {
    case open = 0x30
    case close = 0x31
    case ping = 0x32
    case pong = 0x33
    case message = 0x34
    case upgrade = 0x35
    case noop = 0x36
}

/// Whether the data of a message is text or binary.
public enum MessageKind: Sendable, Equatable {
    /// UTF-8 text: a text frame, or a packet without prefix in a payload.
    case text
    /// Raw bytes: a binary frame, or `b` and base64 in a payload.
    case binary
}

/// A packet that waits to be sent.
public struct Packet: Sendable, Equatable {
    public var type: PacketType
    public var kind: MessageKind
    public var data: ByteBuffer

    public init(type: PacketType, kind: MessageKind = .text, data: ByteBuffer = ByteBuffer()) {
        self.type = type
        self.kind = kind
        self.data = data
    }

    public static let close = Packet(type: .close)

    /// Bytes of this packet in a polling payload, without a separator: a digit and the text, or `b` and base64.
    public var payloadLength: Int {
        switch self.kind {
        case .text: 1 + self.data.readableBytes
        case .binary: 1 + Base64.encodedLength(self.data.readableBytes)
        }
    }
}

/// What the client sends as the data of its first ping over a new websocket, and expects back (protocol, "Upgrade").
public let probeData: StaticString = "probe"
