import EngineIO

/// The form of the packets of a session. Both sides have to use the same.
public enum SocketIOSerializer: Sendable, Equatable {
    /// A text message with JSON, and a binary message for each attachment (Socket.IO protocol 5, "Packet encoding").
    case json
    /// One binary message for each packet, as socket.io-msgpack-parser writes it.
    case messagePack

    /// The kind of the message that a packet is.
    public var messageKind: MessageKind { self == .json ? .text : .binary }

    /// Reads the packet in `message`, whose kind is ``messageKind``.
    ///
    /// - Parameter maximumAttachments: more make the packet invalid.
    /// - Throws: ``SocketIOPacketError`` if it breaks the rules of its type. Payloads are checked as far as their
    ///   beginning shows it; only the payload's reader finds the other errors.
    @inline(__always)
    public func read(
        _ message: UnsafeRawBufferPointer, maximumAttachments: Int
    ) throws(SocketIOPacketError) -> ReceivedSocketIOPacket {
        switch self {
        case .json: try ReceivedSocketIOPacket(text: message, maximumAttachments: maximumAttachments)
        case .messagePack: try ReceivedSocketIOPacket(messagePack: message)
        }
    }

    /// Fewer digits than 2^64 - 1 has are a number below that.
    static let digitsOfLargestID = 20

    /// The number that ``ReceivedSocketIOPacket/id`` stands for; nil if it is absent, negative or above 2^64 - 1, which
    /// no id of this side is.
    public func number(ofID id: UnsafeRawBufferPointer) -> UInt64? {
        switch self {
        case .json:
            guard !id.isEmpty else { return nil }
            var number: UInt64 = 0
            if id.count < Self.digitsOfLargestID {
                for index in 0..<id.count { number = number &* 10 &+ UInt64(id[index] &- 0x30) }
                return number
            }
            for digit in id {
                let (tens, isTooLarge) = number.multipliedReportingOverflow(by: 10)
                let (sum, isLarger) = tens.addingReportingOverflow(UInt64(digit &- 0x30))
                if isTooLarge || isLarger { return nil }
                number = sum
            }
            return number
        case .messagePack:
            var cursor = MessagePackCursor(id)
            return cursor.unsignedInteger()
        }
    }
}
