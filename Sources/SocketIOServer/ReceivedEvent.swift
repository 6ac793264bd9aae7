import SocketIO

/// The payload of an event or an ack: the name of the event, and the arguments as they stand there.
///
/// The bytes are those of the payload: valid only while it is.
struct ReceivedEvent {
    /// Empty for an ack.
    let name: String
    /// The arguments with the commas between them; empty without any.
    let arguments: UnsafeRawBufferPointer
    /// The first argument; nil without any.
    let first: ArgumentScanner.Value?
    /// The arguments after the first.
    let others: UnsafeRawBufferPointer

    /// - Parameters:
    ///   - payload: as `ReceivedSocketIOPacket` has it: it begins as an array, that of an event with a name.
    ///   - hasName: whether it is that of an event.
    /// - Throws: `SocketIOPacketError` if the payload is not valid.
    init(
        _ payload: UnsafeRawBufferPointer, attachmentCount: Int, hasName: Bool = true
    ) throws(SocketIOPacketError) {
        var scanner = ArgumentScanner(payload, attachmentCount: attachmentCount)
        guard scanner.take("[") else { throw .invalidJSON }
        var name = ""
        var first: ArgumentScanner.Value?
        var starts = (first: scanner.position, second: scanner.position)
        var end = scanner.position
        var count = hasName ? -1 : 0
        if !scanner.take("]") {
            repeat {
                if count <= 0 { starts.first = scanner.position }
                if count <= 1 { starts.second = scanner.position }
                let value = try scanner.value()
                if count < 0 { name = JSONString.text(value.string ?? value.bytes) }
                if count == 0 { first = value }
                count += 1
                end = scanner.position
            } while scanner.take(",")
            guard scanner.take("]") else { throw .invalidJSON }
        }
        guard scanner.isAtEnd, count >= 0 else { throw .invalidJSON }
        self.name = name
        self.first = first
        self.arguments = UnsafeRawBufferPointer(rebasing: payload[(count < 1 ? end : starts.first)..<end])
        self.others = UnsafeRawBufferPointer(rebasing: payload[(count < 2 ? end : starts.second)..<end])
    }
}
