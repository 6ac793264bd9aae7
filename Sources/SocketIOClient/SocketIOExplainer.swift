import EngineIO
import EngineIOClient
import SocketIO

/// Explains the messages of one Engine.IO session as packets of Socket.IO and their attachments.
package final class SocketIOExplainer: MessageExplainer {
    /// The attachments of the packet that was last seen in a direction.
    private struct Attachments {
        var count = 0
        var seen = 0
    }

    private let serializer: SocketIOSerializer
    private var sent = Attachments()
    private var received = Attachments()

    package init(_ serializer: SocketIOSerializer) { self.serializer = serializer }

    package func explain(
        _ direction: TraceEvent.Direction, _ kind: MessageKind, _ data: UnsafeRawBufferPointer, limit: Int
    ) -> MessageExplanation? {
        switch direction {
        case .sent: self.explain(kind, data, limit, &self.sent)
        case .received: self.explain(kind, data, limit, &self.received)
        }
    }

    private func explain(
        _ kind: MessageKind, _ data: UnsafeRawBufferPointer, _ limit: Int, _ attachments: inout Attachments
    ) -> MessageExplanation? {
        guard kind == self.serializer.messageKind else {
            return Self.attachment(data, limit, &attachments) ?? Self.unreadable(kind, data)
        }
        guard let packet = self.packet(data, limit) else { return Self.unreadable(kind, data) }
        attachments = Attachments(count: packet.attachmentCount)
        var explanation = MessageExplanation()
        explanation.add("packet", .text(packet.type.name))
        explanation.add("namespace", .text(packet.namespace))
        if let event = packet.event { explanation.add("event", .text(event)) }
        if let id = packet.id { explanation.add("id", .json(id)) }
        if packet.attachmentCount > 0 { explanation.add("attachments", .json(String(packet.attachmentCount))) }
        if packet.isSecret {
            explanation.add("payload", .text(SecretMask.mask))
        } else if let payload = packet.payload, packet.isWhole {
            explanation.add(packet.type.payloadName, .json(String(decoding: payload, as: UTF8.self)))
        } else if let payload = packet.payload {
            (explanation.data, explanation.isWhole) = (payload, false)
        }
        return explanation
    }

    private func packet(_ data: UnsafeRawBufferPointer, _ limit: Int) -> PacketExplanation? {
        do {
            let packet = try self.serializer.read(data, maximumAttachments: .max)
            return PacketExplanation(packet, self.serializer, limit: limit)
        } catch {
            return nil
        }
    }

    private static func attachment(
        _ data: UnsafeRawBufferPointer, _ limit: Int, _ attachments: inout Attachments
    ) -> MessageExplanation? {
        guard attachments.seen < attachments.count else { return nil }
        attachments.seen += 1
        var explanation = MessageExplanation()
        explanation.add("packet", .text("ATTACHMENT"))
        explanation.add("number", .json(String(attachments.seen)))
        explanation.add("attachments", .json(String(attachments.count)))
        explanation.data = Array(data.prefix(limit))
        explanation.isBinary = true
        explanation.isWhole = data.count <= limit
        return explanation
    }

    /// A packet that breaks the rules, or is that of the other serializer, is shown as it is, unless it may have a
    /// secret.
    private static func unreadable(_ kind: MessageKind, _ data: UnsafeRawBufferPointer) -> MessageExplanation? {
        guard ConnectSecret.mayBe(in: kind, data) || kind == .text && ConnectSecret.isConnect(data) else { return nil }
        var explanation = MessageExplanation()
        explanation.add("packet", .text(SocketIOPacketType.connect.name))
        explanation.add("payload", .text(SecretMask.mask))
        return explanation
    }

    package func masked(_ kind: MessageKind, _ data: UnsafeRawBufferPointer) -> String? {
        guard kind == .text, ConnectSecret.isConnect(data) else { return nil }
        guard self.serializer == .json, let packet = self.packet(data, TraceEvent.startLimit) else {
            return "0\(SecretMask.mask)"
        }
        let payload = packet.isSecret ? SecretMask.mask : String(decoding: packet.payload ?? [], as: UTF8.self)
        return "0\(packet.namespace == "/" ? "" : packet.namespace + ",")\(payload)"
    }
}

extension MessageExplanation {
    fileprivate mutating func add(_ name: String, _ value: Value) { self.fields.append(Field(name, value)) }
}

extension SocketIOPacketType {
    /// The name that the protocol's document has.
    fileprivate var name: String {
        switch self {
        case .connect: "CONNECT"
        case .disconnect: "DISCONNECT"
        case .event: "EVENT"
        case .ack: "ACK"
        case .connectError: "CONNECT_ERROR"
        case .binaryEvent: "BINARY_EVENT"
        case .binaryAck: "BINARY_ACK"
        }
    }

    fileprivate var payloadName: String {
        switch self {
        case .event, .ack, .binaryEvent, .binaryAck: "arguments"
        case .connect, .disconnect, .connectError: "payload"
        }
    }
}
