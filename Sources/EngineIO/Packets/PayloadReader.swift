import Glibc

/// Reads the packets of a polling payload, first to last (protocol, "Payload encoding").
///
/// Packets before a bad packet are delivered: only the rest is lost with the connection.
public struct PayloadReader {
    /// The record separator U+001E.
    public static let separator: UInt8 = 0x1E

    private let bytes: UnsafeRawBufferPointer
    /// The beginning of the next packet; after the end of the body if no packet is left.
    public private(set) var position: Int

    /// - Parameter position: where an earlier reader of the same body stopped; 0 for its beginning.
    public init(_ bytes: UnsafeRawBufferPointer, from position: Int = 0) {
        self.bytes = bytes
        self.position = position == 0 ? Self.start(of: bytes.count) : position
    }

    /// Where the first packet of a body begins. An empty body has none; a separator without a packet beside it is an
    /// error.
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
