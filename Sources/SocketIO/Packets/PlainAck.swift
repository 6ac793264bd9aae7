import EngineIO

/// An ack as most are: in a text message, for the main namespace, without attachments. Its bytes are those of the
/// message.
package struct PlainAck {
    package let id: UInt64
    package let digits: UnsafeRawBufferPointer
    package let payload: UnsafeRawBufferPointer

    /// Reads the text of a message.
    ///
    /// - Returns: nil if it is anything else, or not valid.
    init?(text: UnsafeRawBufferPointer) {
        guard text.count > 3, text[0] == SocketIOPacketType.ack.rawValue else { return nil }
        let (id, digits) = DecimalDigits.read(
            UnsafeRawBufferPointer(rebasing: text[1...]), most: SocketIOSerializer.digitsOfLargestID - 1)
        let position = 1 + digits
        guard digits > 0, position < text.count, text[position] == UInt8(ascii: "[") else { return nil }
        self.id = id
        self.digits = UnsafeRawBufferPointer(rebasing: text[1..<position])
        self.payload = UnsafeRawBufferPointer(rebasing: text[position...])
    }
}

extension SocketIOPacketReader {
    /// Reads a message that is such an ack, in fewer steps than ``read(_:_:)`` does it.
    ///
    /// Mutating, because a caller of another module would else retain a copy of the reader for the call.
    ///
    /// - Returns: nil for every other message, which is to be given to ``read(_:_:)``.
    package mutating func plainAck(_ kind: MessageKind, _ message: UnsafeRawBufferPointer) -> PlainAck? {
        guard kind == .text, self.serializer == .json, self.isBetweenPackets else { return nil }
        return PlainAck(text: message)
    }
}
