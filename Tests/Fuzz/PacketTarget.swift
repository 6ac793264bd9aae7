import EngineIO
import SocketIO

/// The messages of a Socket.IO session. The first byte of the input is its serializer: `m` for MessagePack, with one
/// message, or any other for JSON, with messages between separators. A message that begins with `b` is binary there.
func fuzzPackets(_ input: UnsafeRawBufferPointer) {
    let messages = UnsafeRawBufferPointer(rebasing: input.dropFirst())
    if input.first == UInt8(ascii: "m") {
        var session = PacketSession(.messagePack)
        return session.read(.binary, messages)
    }
    var session = PacketSession(.json)
    var payload = PayloadReader(messages)
    while let message = payload.nextBytes() {
        let isBinary = message.first == UInt8(ascii: "b")
        session.read(isBinary ? .binary : .text, UnsafeRawBufferPointer(rebasing: message.dropFirst(isBinary ? 1 : 0)))
    }
}

private struct PacketSession {
    private static let maximumSize = 1000
    private static let maximumAttachments = 10

    private let serializer: SocketIOSerializer
    private var reader: SocketIOPacketReader
    /// The messages of the packet that is incomplete.
    private var parts: [[UInt8]] = []

    init(_ serializer: SocketIOSerializer) {
        self.serializer = serializer
        self.reader = SocketIOPacketReader(
            serializer, maximumAttachments: Self.maximumAttachments, maximumSize: Self.maximumSize)
    }

    /// A packet has the messages that came, as many as it announced, and not more bytes than allowed.
    mutating func read(_ kind: MessageKind, _ message: UnsafeRawBufferPointer) {
        let ack = self.reader.plainAck(kind, message)
        let event = self.reader.plainEvent(kind, message).map { Array($0) }
        do throws(SocketIOPacketError) {
            switch try self.reader.read(kind, message) {
            case .packet(let packet):
                precondition(self.parts.isEmpty && packet.attachmentCount == 0)
                if let ack { self.check(ack, packet) }
                if let event { self.check(event, packet) }
                self.check(packet, message, UnsafeBufferPointer(start: nil, count: 0))
            case .incomplete:
                precondition(ack == nil && event == nil)
                self.parts.append(Array(message))
                precondition(self.parts.joined().count <= Self.maximumSize)
            case .assembled(let assembled):
                self.parts.append(Array(message))
                self.checkAssembled(assembled, last: message)
                self.reader.reuse(assembled)
                self.parts = []
            }
        } catch {
            precondition(ack == nil && event == nil)
            self.end(message)
        }
    }

    /// The short way to an ack leads to the same.
    private func check(_ ack: PlainAck, _ packet: ReceivedSocketIOPacket) {
        precondition(packet.type == .ack && packet.namespace.elementsEqual("/".utf8))
        precondition(ack.digits.elementsEqual(packet.id) && ack.id == self.serializer.number(ofID: packet.id))
        precondition(ack.payload.elementsEqual(packet.payload))
    }

    /// The short way to an event leads to the same.
    private func check(_ payload: [UInt8], _ packet: ReceivedSocketIOPacket) {
        precondition(packet.type == .event && packet.namespace.elementsEqual("/".utf8) && packet.id.isEmpty)
        precondition(payload.elementsEqual(packet.payload))
    }

    private func checkAssembled(_ assembled: AssembledPacket, last: UnsafeRawBufferPointer) {
        assembled.withParts(last: last) { message, attachments in
            let parts = [Array(message)] + attachments.map { Array($0) }
            precondition(parts == self.parts && parts.joined().count <= Self.maximumSize)
            guard let packet = try? self.reader.packet(message) else { preconditionFailure() }
            self.check(packet, message, attachments)
        }
    }

    /// The session ends with a quote, reads nothing more, and another begins.
    private mutating func end(_ message: UnsafeRawBufferPointer) {
        let quote = PacketQuote.of(message)
        precondition(quote.utf8.count <= PacketQuote.limit * "\\u{ffff}".utf8.count + "…".utf8.count)
        precondition(quote.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
        self.reader.stop()
        guard case .incomplete? = try? self.reader.read(.text, message) else { preconditionFailure() }
        self.reader.restart()
        self.parts = []
    }

    // MARK: One packet

    private func check(
        _ packet: ReceivedSocketIOPacket, _ message: UnsafeRawBufferPointer,
        _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>
    ) {
        precondition(packet.attachmentCount == attachments.count && attachments.count <= Self.maximumAttachments)
        precondition(packet.attachmentCount == 0 || packet.type.announcesAttachments)
        for part in [packet.namespace, packet.id, packet.payload] {
            precondition(part.isEmpty || Self.isInside(part, message) || part.elementsEqual("/".utf8))
        }
        precondition(!packet.namespace.contains(UInt8(ascii: "?")))
        self.checkHeader(packet)
        self.checkPayload(packet, attachments)
    }

    private static func isInside(_ part: UnsafeRawBufferPointer, _ whole: UnsafeRawBufferPointer) -> Bool {
        guard let start = part.baseAddress, let first = whole.baseAddress else { return false }
        return start >= first && start + part.count <= first + whole.count
    }

    /// The header that is written for the packet reads the same.
    private func checkHeader(_ packet: ReceivedSocketIOPacket) {
        _ = self.serializer.number(ofID: packet.id)
        if self.serializer == .json {
            precondition(packet.id.count <= 100 && packet.id.allSatisfy { (0x30...0x39).contains($0) })
            // Blanks before a payload may separate it from a namespace or an id.
            guard packet.payload.first.map({ "[{".utf8.contains($0) }) == true else { return }
        }
        var header = SocketIOHeader(packet.type, namespace: packet.namespace)
        if !packet.id.isEmpty { header.id = .received(packet.id) }
        header.attachmentCount = packet.attachmentCount
        let payload = packet.payload.isEmpty ? nil : Array(packet.payload)
        let written = header.packet(self.serializer, payload: payload)
        written.withUnsafeBytes { bytes in
            let again = try? self.serializer.read(bytes, maximumAttachments: Self.maximumAttachments)
            guard let again else { preconditionFailure() }
            precondition(again.type == packet.type && again.attachmentCount == packet.attachmentCount)
            precondition(again.namespace.elementsEqual(packet.namespace) && again.id.elementsEqual(packet.id))
            precondition(again.payload.elementsEqual(packet.payload))
        }
    }

    private func checkPayload(
        _ packet: ReceivedSocketIOPacket, _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>
    ) {
        switch packet.type {
        case .connect: _ = try? ConnectAnswer(packet.payload, self.serializer)
        case .disconnect, .connectError: _ = ServerWords.of(packet.payload, self.serializer)
        case .event, .binaryEvent:
            guard self.isLegal(packet.payload, attachments, hasName: true) else { return }
            self.checkRecovery(packet.payload)
        case .ack, .binaryAck: _ = self.isLegal(packet.payload, attachments, hasName: false)
        }
    }

    /// Arguments that were read are written as a payload that reads the same. MessagePack is the target `msgpack`.
    private func isLegal(
        _ payload: UnsafeRawBufferPointer, _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>, hasName: Bool
    ) -> Bool {
        guard self.serializer == .json else { return true }
        guard let arguments = try? ReceivedArguments(payload, attachments, hasName: hasName) else { return false }
        // A number may change its kind, once: -0 is read as 0.
        guard let first = self.rewritten(arguments, hasName) else { return true }
        precondition(first.name == arguments.name && first.values.count == arguments.values.count)
        precondition(self.rewritten(first, hasName)?.values == first.values)
        return true
    }

    /// Nil if the values cannot be written: numbers that are not finite.
    private func rewritten(_ arguments: ReceivedArguments, _ hasName: Bool) -> ReceivedArguments? {
        guard var written = try? WrittenArguments(name: arguments.name, arguments.values, headroom: 3) else {
            return nil
        }
        return written.withParts { packet, attachments in
            let payload = UnsafeRawBufferPointer(rebasing: packet.dropFirst(3))
            guard let again = try? ReceivedArguments(payload, attachments, hasName: hasName) else {
                preconditionFailure()
            }
            return again
        }
    }

    /// The CONNECT that asks for the events after this one is a packet.
    private func checkRecovery(_ payload: UnsafeRawBufferPointer) {
        var recovery = RecoveryPoint()
        recovery.pid = "a\"b"
        recovery.received(payload: payload, self.serializer)
        let auth: [UInt8] = self.serializer == .json ? Array("{ }".utf8) : [0x80]
        guard let object = recovery.connectPayload(auth: auth, self.serializer) else { preconditionFailure() }
        let connect = SocketIOHeader(.connect).packet(self.serializer, payload: object)
        connect.withUnsafeBytes { bytes in
            let packet = try? self.serializer.read(bytes, maximumAttachments: 0)
            precondition(packet?.type == .connect && packet?.payload.count == object.count)
        }
        guard self.serializer == .json else { return }
        object.withUnsafeBytes { precondition((try? ReceivedArguments.value($0))?["pid"] == .string("a\"b")) }
    }
}
