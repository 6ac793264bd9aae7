import EngineIO
import JSONText

/// A packet as a trace shows it: its header, the name of an event, and the beginning of its payload as JSON.
package struct PacketExplanation: Equatable {
    package let type: SocketIOPacketType
    package let namespace: String
    package var id: String?
    package var event: String?
    package var attachmentCount = 0
    /// The arguments of an event or ack as an array, or another payload; nil if it is absent, or a secret.
    package private(set) var payload: [UInt8]?
    /// Whether ``payload`` is all of it.
    package private(set) var isWhole = true
    /// The payload is not shown, because it has the program's `auth`, or the ids of the session.
    package private(set) var isSecret = false

    /// - Parameter limit: the most bytes that are shown of the payload, and of each name.
    package init(_ packet: ReceivedSocketIOPacket, _ serializer: SocketIOSerializer, limit: Int) {
        self.type = packet.type
        let namespace = packet.type == .connect ? ConnectSecret.namespace(packet.namespace) : packet.namespace
        self.namespace = Self.cut(namespace, limit)
        self.attachmentCount = packet.attachmentCount
        if !packet.id.isEmpty {
            self.id =
                serializer == .json
                ? String(decoding: packet.id, as: UTF8.self) : serializer.number(ofID: packet.id).map { String($0) }
        }
        self.isSecret = namespace.count < packet.namespace.count
        guard !packet.payload.isEmpty else { return }
        switch packet.type {
        case .connect:
            // An empty object has no secret.
            if !Self.isEmptyObject(packet.payload, serializer) { self.isSecret = true }
            if !self.isSecret { self.payload = Array("{}".utf8) }
        case .event, .binaryEvent: self.showEvent(packet.payload, serializer, limit)
        case .ack, .binaryAck, .connectError, .disconnect: self.show(packet.payload, serializer, limit)
        }
    }

    private static func isEmptyObject(_ payload: UnsafeRawBufferPointer, _ serializer: SocketIOSerializer) -> Bool {
        switch serializer {
        case .json: payload.elementsEqual("{}".utf8)
        case .messagePack: payload.elementsEqual([0x80])
        }
    }

    private mutating func showEvent(
        _ payload: UnsafeRawBufferPointer, _ serializer: SocketIOSerializer, _ limit: Int
    ) {
        switch serializer {
        case .json:
            guard let name = Self.textName(payload) else { return self.show(payload, serializer, limit) }
            self.event = Self.cut(name.text.utf8, limit)
            self.cut([UInt8(ascii: "[")] + payload[name.rest...].prefix(limit), limit)
        case .messagePack:
            var cursor = MessagePackCursor(payload)
            guard cursor.array() ?? 0 > 0 else { return }
            if cursor.isAtString {
                self.event = cursor.string().map { Self.cut($0, limit) }
            } else if case .integer(let number)? = cursor.scalar() {
                self.event = String(number)
            }
            if let text = MessagePackText.elements(payload, from: 1, limit: limit) { self.cut(text, limit) }
        }
    }

    private mutating func show(_ payload: UnsafeRawBufferPointer, _ serializer: SocketIOSerializer, _ limit: Int) {
        switch serializer {
        case .json: self.cut(Array(payload.prefix(limit + 1)), limit)
        case .messagePack: if let text = MessagePackText.value(payload, limit: limit) { self.cut(text, limit) }
        }
    }

    private mutating func cut(_ text: [UInt8], _ limit: Int) {
        self.isWhole = text.count <= limit
        self.payload = Array(Self.beginning(of: text, limit))
    }

    private static func cut(_ name: some Collection<UInt8>, _ limit: Int) -> String {
        let shown = String(decoding: self.beginning(of: Array(name.prefix(limit + 1)), limit), as: UTF8.self)
        return name.count > limit ? shown + "…" : shown
    }

    private static func beginning(of text: [UInt8], _ limit: Int) -> ArraySlice<UInt8> {
        var end = min(text.count, limit)
        // Not through the middle of a character.
        if end < text.count { while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 } }
        return text[..<end]
    }

    /// The name of an event, and where its arguments begin: after the comma, or at the bracket.
    private static func textName(_ payload: UnsafeRawBufferPointer) -> (text: String, rest: Int)? {
        var position = 1
        func skipBlanks() {
            while position < payload.count, [0x20, 0x09, 0x0A, 0x0D].contains(payload[position]) { position += 1 }
        }
        skipBlanks()
        let start = position
        guard position < payload.count else { return nil }
        if payload[position] == UInt8(ascii: "\"") {
            position += 1
            while position < payload.count, payload[position] != UInt8(ascii: "\"") {
                position += payload[position] == UInt8(ascii: "\\") ? 2 : 1
            }
            position += 1
        } else {
            while position < payload.count, !",]".utf8.contains(payload[position]) { position += 1 }
        }
        guard position < payload.count else { return nil }
        let name = UnsafeRawBufferPointer(rebasing: payload[start..<position])
        skipBlanks()
        if position < payload.count, payload[position] == UInt8(ascii: ",") { position += 1 }
        let text = JSON(parsing: Array(name))?.string ?? String(decoding: name, as: UTF8.self)
        return (text, position)
    }
}
