/// One packet as it stands in a message. The bytes are those of the message: valid only while it is.
///
/// The payload is not read: it is the JSON text or the MessagePack value behind the header.
public struct ReceivedSocketIOPacket {
    public package(set) var type: SocketIOPacketType
    /// The number of binary messages that follow and belong to the packet.
    public package(set) var attachmentCount = 0
    /// The name of the namespace, without a query; `/` if the packet does not name one.
    public package(set) var namespace = Self.mainNamespace
    /// The ack id as the other side wrote it, to be sent back unchanged: digits, or an integer of MessagePack. Empty if
    /// absent.
    public package(set) var id = Self.nothing
    /// Empty if absent. An event or ack without a payload is one whose namespace was not ended by a comma: it has to be
    /// ignored as one for an unknown namespace.
    public package(set) var payload = Self.nothing

    /// The name of the namespace that every server has.
    public static var mainNamespace: UnsafeRawBufferPointer { Self.bytes(of: "/") }

    static var nothing: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

    init(_ type: SocketIOPacketType) {
        self.type = type
    }

    static func bytes(of text: StaticString) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }
}
