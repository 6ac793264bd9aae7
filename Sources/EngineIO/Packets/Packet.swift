import NIOCore

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

    /// The data of the first ping over a new websocket, and of its pong (protocol, "Upgrade").
    public static let probe: StaticString = "probe"

    /// Bytes of this packet in a polling payload, without a separator: a digit and the text, or `b` and base64.
    public var payloadLength: Int {
        switch self.kind {
        case .text: 1 + self.data.readableBytes
        case .binary: 1 + Base64.encodedLength(self.data.readableBytes)
        }
    }
}
