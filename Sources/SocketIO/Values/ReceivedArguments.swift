import JSONText

/// Reads the JSON of payloads, with attachments in the place of their placeholders (Socket.IO protocol 5, "Packet
/// encoding").
package struct ReceivedArguments {
    /// The name of an event as its text; nil for an ack.
    package let name: String?
    package let values: [SocketIOValue]

    /// - Parameters:
    ///   - payload: the array of an event or an ack.
    ///   - hasName: whether the first element is the name of an event.
    /// - Throws: ``SocketIOPacketError``.
    package init(
        _ payload: UnsafeRawBufferPointer, _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>, hasName: Bool
    ) throws(SocketIOPacketError) {
        guard case .array(let elements) = try Self.json(payload) else {
            throw .payloadIsNotArray(hasName ? .event : .ack)
        }
        var reader = AttachmentReader(attachments)
        self.name = hasName ? try Self.name(elements.first) : nil
        self.values = try reader.values(elements.dropFirst(hasName ? 1 : 0))
    }

    /// The value of a payload that cannot have attachments; nil for an empty payload.
    package static func value(_ payload: UnsafeRawBufferPointer) throws(SocketIOPacketError) -> SocketIOValue? {
        if payload.isEmpty { return nil }
        var reader = AttachmentReader(UnsafeBufferPointer(start: nil, count: 0))
        return try reader.value(try Self.json(payload))
    }

    private static func json(_ payload: UnsafeRawBufferPointer) throws(SocketIOPacketError) -> JSON {
        // The array of the arguments is a level more.
        guard let json = JSON(parsing: payload, leniently: true, maximumDepth: SocketIOValue.maximumDepth + 2) else {
            throw SocketIOPacketError("a packet whose payload is not valid JSON")
        }
        return json
    }

    private static func name(_ json: JSON?) throws(SocketIOPacketError) -> String {
        switch json {
        case .string(let name): return name
        case .integer(let number): return String(number)
        case .number(let number): return number.plainText
        default: throw .eventName
        }
    }
}

/// Replaces placeholders.
private struct AttachmentReader {
    private let attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>
    /// Those that were copied: a packet may name one many times.
    private var copies: [Int: [UInt8]] = [:]

    init(_ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>) {
        self.attachments = attachments
    }

    mutating func value(_ json: JSON) throws(SocketIOPacketError) -> SocketIOValue {
        switch json {
        case .null: return .null
        case .bool(let bool): return .bool(bool)
        case .integer(let integer): return .integer(integer)
        case .number(let number): return .double(number)
        case .string(let string): return .string(string)
        case .array(let elements): return .array(try self.values(elements[...]))
        case .object(let members):
            // Without attachments such an object is data as any other.
            if !self.attachments.isEmpty, json["_placeholder"] == .bool(true) {
                return .bytes(try self.attachment(json["num"]))
            }
            var values: [SocketIOValue.Member] = []
            values.reserveCapacity(members.count)
            for member in members {
                values.append(SocketIOValue.Member(key: member.key, value: try self.value(member.value)))
            }
            return .object(values)
        }
    }

    mutating func values(_ elements: ArraySlice<JSON>) throws(SocketIOPacketError) -> [SocketIOValue] {
        var values: [SocketIOValue] = []
        values.reserveCapacity(elements.count)
        for element in elements { values.append(try self.value(element)) }
        return values
    }

    private mutating func attachment(_ number: JSON?) throws(SocketIOPacketError) -> [UInt8] {
        guard let index = number?.integer, self.attachments.indices.contains(index) else {
            throw SocketIOPacketError("illegal attachments: a placeholder names one that does not exist")
        }
        if let copy = self.copies[index] { return copy }
        let copy = Array(self.attachments[index])
        self.copies[index] = copy
        return copy
    }
}
