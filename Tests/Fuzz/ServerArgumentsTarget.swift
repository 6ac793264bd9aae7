import EngineIO
import SocketIO

/// A text packet of a client of `serve --socketio`. Arguments that the server forwards are read by their receivers, as
/// the same values.
func fuzzServerArguments(_ input: UnsafeRawBufferPointer) {
    guard let packet = try? SocketIOSerializer.json.read(input, maximumAttachments: 10) else { return }
    let hasName: Bool
    switch packet.type {
    case .event, .binaryEvent: hasName = true
    case .ack, .binaryAck: hasName = false
    case .connect, .disconnect, .connectError: return
    }
    let attachments = (0..<packet.attachmentCount).map { _ in UnsafeRawBufferPointer(start: nil, count: 0) }
    attachments.withUnsafeBufferPointer { attachments in
        let read = try? ReceivedArguments(packet.payload, attachments, hasName: hasName)
        guard
            let event = try? ReceivedEvent(
                packet.payload, attachmentCount: packet.attachmentCount, hasName: hasName)
        else { return }
        guard let read else { preconditionFailure() }
        precondition((event.first == nil) == read.values.isEmpty)
        if hasName, packet.payload.dropFirst().first == UInt8(ascii: "\"") { precondition(event.name == read.name) }
        check(event.arguments, attachments, read.values[...])
        check(event.others, attachments, read.values.dropFirst())
        if hasName { checkUse(event) }
    }
}

/// The arguments as they are forwarded, in an array.
private func check(
    _ arguments: UnsafeRawBufferPointer, _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>,
    _ values: ArraySlice<SocketIOValue>
) {
    let forwarded = [UInt8(ascii: "[")] + arguments + [UInt8(ascii: "]")]
    forwarded.withUnsafeBytes { payload in
        guard let again = try? ReceivedArguments(payload, attachments, hasName: false) else { preconditionFailure() }
        precondition(again.values[...] == values)
    }
}

private func checkUse(_ event: ReceivedEvent) {
    switch ServerEvent(event) {
    case .join(let room), .leave(let room), .say(let room):
        precondition(event.first?.string != nil && room.utf8.count <= 3 * Rooms.longestName)
    case .ask: precondition(event.first?.string != nil)
    case .message, .invalid, .other: break
    }
}
