import EngineIO

@testable import SocketIO

/// A packet that was read, with copies of its bytes, and its attachments.
struct ReadPacket: Equatable {
    var type: SocketIOPacketType
    var namespace = "/"
    /// Digits, or for MessagePack the integer's bytes in hexadecimal.
    var id = ""
    var payload = ""
    var attachments: [String] = []

    static func event(_ payload: String, _ namespace: String = "/", id: String = "") -> Self {
        Self(type: .event, namespace: namespace, id: id, payload: payload)
    }
}

extension ReadPacket {
    init(_ packet: ReceivedSocketIOPacket, _ attachments: [String] = []) {
        self.init(
            type: packet.type, namespace: String(decoding: packet.namespace, as: UTF8.self),
            id: String(decoding: packet.id, as: UTF8.self), payload: String(decoding: packet.payload, as: UTF8.self),
            attachments: attachments)
    }
}

/// A message of Engine.IO.
enum TestMessage: ExpressibleByStringLiteral {
    case text(String)
    case binary(String)

    init(stringLiteral text: String) { self = .text(text) }
}

/// The results of messages that come one after the other, up to the first error.
struct ReadMessages {
    var packets: [ReadPacket] = []
    var error: String?
    /// How many attachments the reader still waits for.
    var isIncomplete = false

    init(
        _ messages: [TestMessage], serializer: SocketIOSerializer = .json, maximumAttachments: Int = 1000,
        maximumSize: Int = 1_000_000, side: MessageLimit = .client
    ) {
        var reader = SocketIOPacketReader(
            serializer, maximumAttachments: maximumAttachments, maximumSize: maximumSize, side: side)
        for message in messages {
            let (kind, text): (MessageKind, String) =
                switch message {
                case .text(let text): (.text, text)
                case .binary(let bytes): (.binary, bytes)
                }
            do {
                var text = text
                try text.withUTF8 { bytes in
                    let bytes = UnsafeRawBufferPointer(bytes)
                    self.add(try reader.read(kind, bytes), bytes, &reader)
                }
            } catch {
                self.error = "\(error)"
                return
            }
        }
    }

    private mutating func add(
        _ result: SocketIOPacketReader.Result, _ bytes: UnsafeRawBufferPointer, _ reader: inout SocketIOPacketReader
    ) {
        self.isIncomplete = false
        switch result {
        case .packet(let packet):
            self.packets.append(ReadPacket(packet))
        case .assembled(let assembled):
            let read = assembled.withParts(last: bytes) { message, attachments in
                (try? reader.packet(message)).map { packet in
                    ReadPacket(packet, attachments.map { String(decoding: $0, as: UTF8.self) })
                }
            }
            self.packets += [read].compactMap { $0 }
            reader.reuse(assembled)
        case .incomplete:
            self.isIncomplete = true
        }
    }
}
