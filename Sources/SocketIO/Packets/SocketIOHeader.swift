/// Everything of a packet to be sent that comes before its payload. With both serializers a packet is its header and
/// its payload, one after the other.
public struct SocketIOHeader {
    /// The ack id of a packet.
    public enum ID {
        case none
        /// An id that this side has chosen.
        case number(UInt64)
        /// An id of the other side: ``ReceivedSocketIOPacket/id``, with the same serializer.
        case received(UnsafeRawBufferPointer)
    }

    /// Without ``namespace`` a header has at most so many bytes.
    public static let longest = 128

    public var type: SocketIOPacketType
    /// The number of binary messages that follow; for ``SocketIOPacketType/binaryEvent`` and
    /// ``SocketIOPacketType/binaryAck`` only.
    public var attachmentCount = 0
    /// The name of the namespace, without a comma, a query and controls.
    public var namespace: UnsafeRawBufferPointer
    public var id = ID.none
    /// Whether a payload follows.
    public var hasPayload = true

    public init(
        _ type: SocketIOPacketType, namespace: UnsafeRawBufferPointer = ReceivedSocketIOPacket.mainNamespace,
        id: ID = .none
    ) {
        self.type = type
        self.namespace = namespace
        self.id = id
    }

    /// The number of bytes of room that ``write(_:toEndOf:)`` needs.
    public var room: Int { Self.longest + self.namespace.count }

    /// Writes the header into the last bytes of `room`, so that it ends where the payload begins.
    ///
    /// - Parameter room: at least as large as ``room``.
    /// - Returns: the number of bytes that the header has.
    public func write(_ serializer: SocketIOSerializer, toEndOf room: UnsafeMutableRawBufferPointer) -> Int {
        precondition(room.count >= self.room)
        // Most headers are the type alone, or the type and the number of an ack.
        if serializer == .json, self.namespace.count == 1, !self.type.announcesAttachments,
            let end = room.baseAddress?.advanced(by: room.count)
        {
            switch self.id {
            case .none: return self.writeType(0, before: end)
            case .number(let number): return self.writeType(DecimalDigits.write(number, before: end), before: end)
            case .received: break
            }
        }
        var writer = BackwardWriter(room)
        switch serializer {
        case .json: self.writeText(&writer)
        case .messagePack: self.writeMessagePack(&writer)
        }
        return writer.count
    }

    /// Writes the type before the digits that the room ends with.
    ///
    /// - Returns: the number of both.
    @inline(__always)
    private func writeType(_ digits: Int, before end: UnsafeMutableRawPointer) -> Int {
        end.storeBytes(of: self.type.rawValue, toByteOffset: -1 &- digits, as: UInt8.self)
        return digits &+ 1
    }

    private func writeText(_ writer: inout BackwardWriter) {
        switch self.id {
        case .none: break
        case .number(let number): writer.digits(number)
        case .received(let id): writer.bytes(id)
        }
        if self.namespace.count != 1 {
            writer.byte(UInt8(ascii: ","))
            writer.bytes(self.namespace)
        }
        if self.type.announcesAttachments {
            writer.byte(UInt8(ascii: "-"))
            writer.digits(UInt64(self.attachmentCount))
        }
        writer.byte(self.type.rawValue)
    }

    /// From the last key to the first. Decoders do not depend on the order.
    private func writeMessagePack(_ writer: inout BackwardWriter) {
        var count: UInt8 = 2
        if self.hasPayload {
            writer.messagePackKey("data")
            count += 1
        }
        switch self.id {
        case .none: break
        case .number(let number):
            writer.messagePackInteger(number)
            writer.messagePackKey("id")
            count += 1
        case .received(let id):
            writer.bytes(id)
            writer.messagePackKey("id")
            count += 1
        }
        writer.messagePackString(self.namespace)
        writer.messagePackKey("nsp")
        writer.byte(self.type.rawValue - 0x30)
        writer.messagePackKey("type")
        writer.byte(0x80 | count)
    }

    /// A whole packet that is seldom sent: CONNECT, DISCONNECT, CONNECT_ERROR.
    ///
    /// - Parameter payload: nil for a packet without one.
    public func packet(_ serializer: SocketIOSerializer, payload: [UInt8]?) -> [UInt8] {
        var header = self
        header.hasPayload = payload != nil
        return withUnsafeTemporaryAllocation(byteCount: header.room, alignment: 1) { room in
            let count = header.write(serializer, toEndOf: room)
            return Array(room.suffix(count)) + (payload ?? [])
        }
    }
}
