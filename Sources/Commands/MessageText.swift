import EngineIO
import SocketIO

/// The messages of clients as one line for a person, with the beginning of their data.
enum MessageText {
    /// The line for one message. The data is valid only during the call.
    typealias Describe = @Sendable (MessageKind, UnsafeRawBufferPointer) -> String

    /// More bytes are never looked at; the terminal cuts the line further.
    private static let longest = 4096
    private static let shownBytes = 32

    /// A message of Engine.IO.
    static func engineIO(_ kind: MessageKind, _ data: UnsafeRawBufferPointer) -> String {
        switch kind {
        case .text: "message: \(self.text(data))"
        case .binary: "binary message, \(self.bytes(data))"
        }
    }

    /// A message of Socket.IO: a packet, or one of its attachments. `auth` of a client is not shown.
    static func socketIO(_ kind: MessageKind, _ data: UnsafeRawBufferPointer) -> String {
        guard kind == .text else { return "attachment, \(self.bytes(data))" }
        guard let packet = try? SocketIOSerializer.json.read(data, maximumAttachments: .max) else {
            return ConnectSecret.isConnect(data) ? "connects a namespace, not valid" : "message: \(self.text(data))"
        }
        let explanation = PacketExplanation(packet, .json, limit: self.longest)
        let place = explanation.namespace == "/" ? "" : "\(explanation.namespace) "
        let payload = explanation.payload.map { String(decoding: $0, as: UTF8.self) } ?? ""
        switch explanation.type {
        case .connect: return "connects the namespace \(explanation.namespace)"
        case .disconnect: return "leaves the namespace \(explanation.namespace)"
        case .event, .binaryEvent: return "\(place)event \(explanation.event ?? "") \(payload)"
        case .ack, .binaryAck: return "\(place)ack \(explanation.id ?? "") \(payload)"
        case .connectError: return "message: \(self.text(data))"
        }
    }

    private static func text(_ data: UnsafeRawBufferPointer) -> String {
        guard data.count > self.longest else { return String(decoding: data, as: UTF8.self) }
        var end = self.longest
        // Not through the middle of a character.
        while end > 0, data[end] & 0xC0 == 0x80 { end -= 1 }
        return String(decoding: data[..<end], as: UTF8.self) + "…"
    }

    private static func bytes(_ data: UnsafeRawBufferPointer) -> String {
        let shown = data.prefix(self.shownBytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        let rest = data.count > self.shownBytes ? " …" : ""
        return "\(data.count) \(data.count == 1 ? "byte" : "bytes"): \(shown.joined(separator: " "))\(rest)"
    }
}
