import EngineIO

/// Reads the packets of one session out of its messages, and joins attachments to their packets.
package struct SocketIOPacketReader {
    /// The result of one message.
    package enum Result {
        /// A packet that is the whole message.
        case packet(ReceivedSocketIOPacket)
        /// The message is the last attachment of this packet.
        case assembled(AssembledPacket)
        /// More attachments follow.
        case incomplete
    }

    package let serializer: SocketIOSerializer
    /// The side that reads, by the name of its limit.
    private let side: MessageLimit
    package let maximumAttachments: Int
    private var assembly: AttachmentAssembly

    /// - Parameters:
    ///   - maximumAttachments: more in one packet break the rules.
    ///   - maximumSize: the most bytes of a packet with its attachments.
    ///   - side: the side that reads.
    package init(
        _ serializer: SocketIOSerializer, maximumAttachments: Int, maximumSize: Int, side: MessageLimit = .client
    ) {
        self.serializer = serializer
        self.maximumAttachments = maximumAttachments
        self.side = side
        self.assembly = AttachmentAssembly(maximumSize: maximumSize)
    }

    /// Whether no attachment is missing.
    var isBetweenPackets: Bool { self.assembly.missing == 0 }

    /// Reads a message.
    ///
    /// - Throws: ``SocketIOPacketError``; the session has to end then.
    @inline(__always)
    package mutating func read(
        _ kind: MessageKind, _ message: UnsafeRawBufferPointer
    ) throws(SocketIOPacketError) -> Result {
        if kind == self.serializer.messageKind, self.isBetweenPackets {
            let packet = try self.packet(message)
            if packet.attachmentCount == 0 { return .packet(packet) }
            try self.assembly.begin(message, count: packet.attachmentCount)
            return .incomplete
        }
        return try self.readOther(kind, message)
    }

    /// The packet of an assembled message, which was checked before.
    @inline(__always)
    package func packet(_ message: UnsafeRawBufferPointer) throws(SocketIOPacketError) -> ReceivedSocketIOPacket {
        do {
            return try self.serializer.read(message, maximumAttachments: self.maximumAttachments)
        } catch .notAPacket {
            let hint = self.serializer == .json ? "; does the \(self.peer) speak plain Engine.IO?" : ""
            throw SocketIOPacketError(SocketIOPacketError.notAPacket.description + hint)
        }
    }

    /// Keeps the memory of a packet that was delivered.
    package mutating func reuse(_ packet: consuming AssembledPacket) { self.assembly.reuse(packet) }

    /// Reads nothing more of this session: each message is ``Result/incomplete``.
    package mutating func stop() { self.assembly.stop() }

    /// Begins with the first message of another session.
    package mutating func restart() { self.assembly.restart() }

    private mutating func readOther(
        _ kind: MessageKind, _ message: UnsafeRawBufferPointer
    ) throws(SocketIOPacketError) -> Result {
        if self.assembly.isStopped { return .incomplete }
        switch (self.serializer, kind) {
        case (.messagePack, _):
            throw SocketIOPacketError("a text message; the \(self.peer) does not use msgpack")
        case (.json, .text):
            throw SocketIOPacketError(
                "a text message before the last \(self.assembly.missing) attachments of a packet")
        case (.json, .binary):
            guard self.assembly.missing > 0 else { throw self.unannounced(message) }
            return try self.assembly.add(message).map { .assembled($0) } ?? .incomplete
        }
    }

    private func unannounced(_ message: UnsafeRawBufferPointer) -> SocketIOPacketError {
        guard let first = message.first else {
            return SocketIOPacketError("a binary message without data that no packet has announced")
        }
        let hint = (0x80...0x8F).contains(first) ? ": the \(self.peer) uses msgpack" : ""
        let byte = (first < 16 ? "0" : "") + String(first, radix: 16)
        return SocketIOPacketError(
            "a binary message that no packet has announced; it begins with the byte 0x\(byte)\(hint)")
    }

    private var peer: String { self.side == .client ? "server" : "client" }
}
