import Glibc

/// The form with JSON: type, number of attachments, namespace, ack id, payload.
extension ReceivedSocketIOPacket {
    /// The most digits of an ack id, as python-socketio has it.
    static let longestID = 100

    /// Reads a text message.
    ///
    /// - Throws: ``SocketIOPacketError``; see ``SocketIOSerializer/read(_:maximumAttachments:)``.
    public init(text: UnsafeRawBufferPointer, maximumAttachments: Int) throws(SocketIOPacketError) {
        guard let first = text.first, let type = SocketIOPacketType(rawValue: first) else { throw .notAPacket }
        self.init(type)
        var position = 1
        if type.announcesAttachments {
            self.attachmentCount = try Self.attachmentCount(of: text, at: &position, maximum: maximumAttachments)
        }
        if position < text.count, text[position] == UInt8(ascii: "/") {
            guard let base = text.baseAddress,
                let comma = memchr(base + position, CInt(UInt8(ascii: ",")), text.count - position)
            else {
                self.namespace = Self.withoutQuery(text, position..<text.count)
                return
            }
            let end = UnsafeRawPointer(comma) - base
            self.namespace = Self.withoutQuery(text, position..<end)
            position = end + 1
        }
        let start = position
        while position < text.count, Self.isDigit(text[position]) { position += 1 }
        if position > start {
            self.id = UnsafeRawBufferPointer(rebasing: text[start..<position])
            guard self.id.count <= Self.longestID else {
                throw SocketIOPacketError("an ack id of more than \(Self.longestID) digits")
            }
        }
        Self.skipBlanks(text, &position)
        self.payload = UnsafeRawBufferPointer(rebasing: text[position...])
        try self.checkTextPayload()
    }

    /// Reads the digits and the hyphen after the type. A missing number is 0.
    private static func attachmentCount(
        of text: UnsafeRawBufferPointer, at position: inout Int, maximum: Int
    ) throws(SocketIOPacketError) -> Int {
        var count = 0
        while position < text.count, Self.isDigit(text[position]) {
            // A larger number is too large in any case.
            count = min(count, Int.max / 16) * 10 + Int(text[position] - 0x30)
            position += 1
        }
        guard position < text.count, text[position] == UInt8(ascii: "-") else {
            throw SocketIOPacketError("a packet with attachments that does not say how many")
        }
        position += 1
        guard count <= maximum else {
            throw SocketIOPacketError("a packet with more attachments than max_attachments allows (\(maximum))")
        }
        return count
    }

    private func checkTextPayload() throws(SocketIOPacketError) {
        let first = self.payload.first
        switch self.type {
        case .connect:
            guard first == nil || first == UInt8(ascii: "{") else { throw .connectPayload }
        case .disconnect, .connectError:
            break
        case .event, .binaryEvent:
            guard first == UInt8(ascii: "[") else { throw self.wrongArguments() }
            try self.checkTextName()
        case .ack, .binaryAck:
            guard first == UInt8(ascii: "[") else { throw self.wrongArguments() }
        }
    }

    private func wrongArguments() -> SocketIOPacketError {
        guard let first = self.payload.first else { return .noPayload(self.type) }
        if first == UInt8(ascii: "-"), !self.id.isEmpty {
            return SocketIOPacketError("a number of attachments in a packet without attachments")
        }
        return .payloadIsNotArray(self.type)
    }

    /// The first element of an event is its name: a string, or a number for servers that use numbers.
    private func checkTextName() throws(SocketIOPacketError) {
        var position = 1
        Self.skipBlanks(self.payload, &position)
        guard position < self.payload.count else { throw .eventName }
        switch self.payload[position] {
        case UInt8(ascii: "\""):
            let name = UnsafeRawBufferPointer(rebasing: self.payload[(position + 1)...])
            if ReservedEventName.begins(text: name) { throw .reservedName }
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            break
        default:
            throw .eventName
        }
    }

    private static func withoutQuery(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> UnsafeRawBufferPointer {
        let name = UnsafeRawBufferPointer(rebasing: text[range])
        guard let query = name.firstIndex(of: UInt8(ascii: "?")) else { return name }
        return UnsafeRawBufferPointer(rebasing: name[..<query])
    }

    private static func skipBlanks(_ text: UnsafeRawBufferPointer, _ position: inout Int) {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}

extension SocketIOPacketError {
    static let connectPayload = Self("a CONNECT packet whose payload is not an object")
    static let eventName = Self("an event whose name is not a string")
    static let reservedName = Self("an event with a reserved name")

    static func noPayload(_ type: SocketIOPacketType) -> Self { Self("\(Self.noun(type)) without a payload") }

    static func payloadIsNotArray(_ type: SocketIOPacketType) -> Self {
        Self("\(Self.noun(type)) whose payload is not an array")
    }

    private static func noun(_ type: SocketIOPacketType) -> String {
        type == .ack || type == .binaryAck ? "an ack" : "an event"
    }
}
