/// The type of a Socket.IO packet: one ASCII digit on the wire (Socket.IO protocol 5, "Packet encoding").
public enum SocketIOPacketType: UInt8, Sendable, CaseIterable {
    case connect = 0x30
    case disconnect = 0x31
    case event = 0x32
    case ack = 0x33
    case connectError = 0x34
    /// An event whose binary attachments follow. MessagePack has them inside an ``event``.
    case binaryEvent = 0x35
    /// An ack whose binary attachments follow.
    case binaryAck = 0x36

    /// Whether the packet says how many attachments follow it.
    @inline(__always)
    public var announcesAttachments: Bool { self == .binaryEvent || self == .binaryAck }
}
