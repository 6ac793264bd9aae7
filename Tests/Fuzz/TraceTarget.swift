import EngineIO
import EngineIOClient
import JSONText
import SocketIO

/// The messages of a Socket.IO session as a trace shows them. The input is that of the target `packets`; after an `M`
/// it is a text message to a client with MessagePack.
///
/// An explanation is short, however long the message is, and has no secret of a CONNECT packet.
func fuzzTrace(_ input: UnsafeRawBufferPointer) {
    let messages = UnsafeRawBufferPointer(rebasing: input.dropFirst())
    switch input.first {
    case UInt8(ascii: "m"): explain(.binary, messages, by: SocketIOExplainer(.messagePack))
    case UInt8(ascii: "M"): explain(.text, messages, by: SocketIOExplainer(.messagePack))
    default:
        let explainer = SocketIOExplainer(.json)
        var payload = PayloadReader(messages)
        while let message = payload.nextBytes() {
            let isBinary = message.first == UInt8(ascii: "b")
            let bytes = UnsafeRawBufferPointer(rebasing: message.dropFirst(isBinary ? 1 : 0))
            explain(isBinary ? .binary : .text, bytes, by: explainer)
        }
    }
}

private func explain(_ kind: MessageKind, _ message: UnsafeRawBufferPointer, by explainer: SocketIOExplainer) {
    let limit = TraceEvent.startLimit
    // An invalid byte becomes a character of three bytes; an ellipsis is as long.
    let longest = limit * 3 + 3
    if let masked = explainer.masked(kind, message) {
        precondition(masked.utf8.count <= longest + "0,\(SecretMask.mask)".utf8.count)
        precondition(!masked.dropFirst().contains("{") || masked.hasSuffix("{}"))
    } else {
        precondition(kind == .binary || !ConnectSecret.isConnect(message))
    }
    guard let explanation = explainer.explain(.received, kind, message, limit: limit) else {
        precondition(!ConnectSecret.mayBe(in: kind, message))
        return
    }
    precondition(explanation.data.count <= limit)
    var packet = ""
    for field in explanation.fields {
        let text =
            switch field.value {
            case .text(let text), .json(let text): text
            }
        precondition(text.utf8.count <= longest)
        if field.name == "packet" { packet = text }
        guard packet == "CONNECT" else { continue }
        precondition(explanation.data.isEmpty)
        switch field.name {
        case "packet", "id": break
        case "namespace": precondition(!text.contains("{"))
        default: precondition(field.name == "payload" && [SecretMask.mask, "{}"].contains(text))
        }
    }
    precondition(!packet.isEmpty)
}
