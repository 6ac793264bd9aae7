import Glibc
import NIOCore

/// Why a payload or packet cannot be read.
public struct PacketError: Error, Equatable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) {
        self.description = description
    }
}

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

/// Reads the packets of a polling payload, first to last (protocol, "Payload encoding").
///
/// What stands before a bad packet is delivered: only the rest is lost with the connection.
public struct PayloadReader {
    /// The record separator U+001E.
    public static let separator: UInt8 = 0x1E

    private let bytes: UnsafeRawBufferPointer
    /// Where the next packet begins. Behind the end of the body where there is none.
    public private(set) var position: Int

    /// - Parameter position: where an earlier reader of the same body stopped; 0 for its beginning.
    public init(_ bytes: UnsafeRawBufferPointer, from position: Int = 0) {
        self.bytes = bytes
        self.position = position == 0 ? Self.start(of: bytes.count) : position
    }

    /// Where the first packet of a body begins. An empty body has none; a separator without a packet beside it is an error.
    static func start(of length: Int) -> Int { length == 0 ? 1 : 0 }

    /// The next packet without its separator.
    public mutating func nextBytes() -> UnsafeRawBufferPointer? {
        guard self.position <= self.bytes.count else { return nil }
        let rest = UnsafeRawBufferPointer(rebasing: self.bytes[self.position...])
        let end = Self.firstSeparator(rest) ?? rest.count
        self.position += end + 1
        return UnsafeRawBufferPointer(rebasing: rest[..<end])
    }

    public mutating func next() throws(PacketError) -> ReceivedPacket? {
        guard let packet = self.nextBytes() else { return nil }
        return try ReceivedPacket(packet)
    }

    private static func firstSeparator(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress, let found = memchr(base, CInt(self.separator), bytes.count) else {
            return nil
        }
        return UnsafeRawPointer(found) - base
    }
}

/// Packs waiting packets into the body of one POST.
public struct PayloadWriter {
    /// python-engineio's server drops a payload of more packets and answers 200 (`Payload.max_decode_packets`).
    public static let maximumPackets = 16

    /// Takes packets from the front of `queue`: at most ``maximumPackets``, and at most `maxPayload` bytes unless the
    /// first alone is longer (protocol, "maxPayload"). Returns the body, how many of the packets are messages, and how many bytes their data has.
    public static func take(
        from queue: inout CircularBuffer<Packet>, maxPayload: Int?
    ) -> (body: ByteBuffer, messages: Int, dataBytes: Int) {
        var body = ByteBuffer()
        var packets = 0
        var messages = 0
        var dataBytes = 0
        var length = 0
        while let packet = queue.first, packets < self.maximumPackets {
            let added = packet.payloadLength + (packets == 0 ? 0 : 1)
            if packets > 0, let maxPayload, length + added > maxPayload { break }
            if packets > 0 { body.writeInteger(PayloadReader.separator) }
            self.write(packet, into: &body)
            queue.removeFirst()
            packets += 1
            if packet.type == .message { messages += 1 }
            dataBytes += packet.data.readableBytes
            length += added
        }
        return (body, messages, dataBytes)
    }

    private static func write(_ packet: Packet, into body: inout ByteBuffer) {
        switch packet.kind {
        case .text:
            body.writeInteger(packet.type.rawValue)
            body.writeImmutableBuffer(packet.data)
        case .binary:
            body.writeInteger(UInt8(ascii: "b"))
            packet.data.withUnsafeReadableBytes { Base64.encode($0, into: &body) }
        }
    }
}
