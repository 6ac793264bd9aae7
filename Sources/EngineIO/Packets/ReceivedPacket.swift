import NIOCore

/// One packet as it stands in a payload. The bytes are those of the payload: valid only while it is.
public enum ReceivedPacket {
    case packet(PacketType, UnsafeRawBufferPointer)
    /// A binary message, out of its base64.
    case binary(ByteBuffer)
    /// A digit that Engine.IO 4 does not use: to be logged and passed over.
    case unknown(UInt8)

    /// Reads one packet without its separator.
    public init(_ bytes: UnsafeRawBufferPointer) throws(PacketError) {
        guard let first = bytes.first else { throw PacketError("an empty packet") }
        let data = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        if let type = PacketType(rawValue: first) {
            self = .packet(type, data)
        } else if first == UInt8(ascii: "b") {
            guard let binary = Base64.decode(data) else { throw PacketError("a binary packet that is not base64") }
            self = .binary(binary)
        } else if (0x37...0x39).contains(first) {
            self = .unknown(first)
        } else {
            throw PacketError("a packet of unknown type (byte \(first))")
        }
    }

    /// Reads one packet of a polling body, which must be UTF-8.
    public init(checkingText bytes: UnsafeRawBufferPointer) throws(PacketError) {
        // Base64 is checked when it is decoded.
        if bytes.first != UInt8(ascii: "b"), let offset = UTF8Validation.firstInvalidOffset(bytes) {
            throw PacketError("a packet that is not UTF-8 at byte \(offset)")
        }
        try self.init(bytes)
    }
}
