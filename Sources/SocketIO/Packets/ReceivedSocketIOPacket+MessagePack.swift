/// The form with MessagePack: a map with `type`, `nsp`, `data` and `id`, in any order, and keys to be ignored.
extension ReceivedSocketIOPacket {
    /// Reads a binary message, as socket.io-msgpack-parser does it.
    ///
    /// - Throws: ``SocketIOPacketError``; see ``SocketIOSerializer/read(_:maximumAttachments:)``.
    public init(messagePack bytes: UnsafeRawBufferPointer) throws(SocketIOPacketError) {
        var cursor = MessagePackCursor(bytes)
        guard cursor.isAtMap else { throw .notAPacket }
        guard let count = cursor.map() else { throw .cutOff }
        var type: SocketIOPacketType?
        var namespace: UnsafeRawBufferPointer?
        var id = Self.nothing
        var payload = Self.nothing
        for _ in 0..<count {
            switch try Self.key(&cursor) {
            case .type:
                type = try Self.type(&cursor)
            case .namespace:
                guard let name = cursor.string() else { throw SocketIOPacketError("a packet without a namespace") }
                namespace = name
            case .id where !cursor.isAtUndefined:
                guard let integer = cursor.integerBytes() else {
                    throw SocketIOPacketError("a packet whose ack id is not an integer")
                }
                id = integer
            case .data where !cursor.isAtUndefined:
                let start = cursor.position
                guard cursor.skip() else { throw .cutOff }
                payload = UnsafeRawBufferPointer(rebasing: bytes[start..<cursor.position])
            case .id, .data, .other:
                guard cursor.skip() else { throw .cutOff }
            }
        }
        guard cursor.isAtEnd else { throw SocketIOPacketError("a packet with other bytes after it") }
        guard let type else { throw SocketIOPacketError("a packet without a type") }
        guard let namespace else { throw SocketIOPacketError("a packet without a namespace") }
        self.init(type)
        self.namespace = Self.withoutQuery(namespace)
        self.id = id
        self.payload = payload
        try self.checkMessagePackPayload()
    }

    private enum Key { case type, namespace, id, data, other }

    private static func key(_ cursor: inout MessagePackCursor) throws(SocketIOPacketError) -> Key {
        guard cursor.isAtString else {
            guard cursor.skip() else { throw .cutOff }
            return .other
        }
        guard let name = cursor.string() else { throw .cutOff }
        switch name.count {
        case 2 where name.equals("id"): return .id
        case 3 where name.equals("nsp"): return .namespace
        case 4 where name.equals("type"): return .type
        case 4 where name.equals("data"): return .data
        default: return .other
        }
    }

    /// Types 5 and 6 do not exist here: binary data is inside the payload.
    private static func type(_ cursor: inout MessagePackCursor) throws(SocketIOPacketError) -> SocketIOPacketType {
        guard let number = cursor.unsignedInteger(), number <= 4,
            let type = SocketIOPacketType(rawValue: 0x30 + UInt8(number))
        else { throw SocketIOPacketError("a packet of unknown type") }
        return type
    }

    private static func withoutQuery(_ name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard let query = name.firstIndex(of: UInt8(ascii: "?")) else { return name }
        return UnsafeRawBufferPointer(rebasing: name[..<query])
    }

    private func checkMessagePackPayload() throws(SocketIOPacketError) {
        var cursor = MessagePackCursor(self.payload)
        switch self.type {
        case .connect:
            guard self.payload.isEmpty || cursor.isAtMap else { throw .connectPayload }
        case .disconnect, .connectError:
            break
        case .event, .binaryEvent:
            guard !self.payload.isEmpty else { throw .noPayload(self.type) }
            guard let count = cursor.array() else { throw .payloadIsNotArray(self.type) }
            guard count > 0 else { throw .eventName }
            if cursor.isAtString {
                if let name = cursor.string(), ReservedEventName.contains(name) { throw .reservedName }
            } else if !cursor.isAtNumber {
                throw .eventName
            }
        case .ack, .binaryAck:
            guard !self.payload.isEmpty else { throw .noPayload(self.type) }
            guard cursor.array() != nil else { throw .payloadIsNotArray(self.type) }
        }
    }
}

extension SocketIOPacketError {
    fileprivate static let cutOff = Self("a packet that is cut off")
}
