import EngineIO

extension SocketIOPacketReader {
    /// Reads a message that is an event as most are: in a text message, for the main namespace, without an ack id and
    /// attachments, of a name that is a string; in fewer steps than ``read(_:_:)`` does it.
    ///
    /// Mutating, because a caller of another module would else retain a copy of the reader for the call.
    ///
    /// - Returns: its payload; nil for every other message, which is to be given to ``read(_:_:)``.
    package mutating func plainEvent(
        _ kind: MessageKind, _ message: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer? {
        guard kind == .text, self.serializer == .json, self.isBetweenPackets, message.count > 3,
            message[0] == SocketIOPacketType.event.rawValue, message[1] == UInt8(ascii: "["),
            message[2] == UInt8(ascii: "\""),
            !ReservedEventName.begins(text: UnsafeRawBufferPointer(rebasing: message[3..<message.count]))
        else { return nil }
        return UnsafeRawBufferPointer(rebasing: message[1..<message.count])
    }
}
