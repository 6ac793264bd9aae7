/// Collects a packet and the attachments that follow it (Socket.IO protocol 5, "Binary attachments").
///
/// Memory is allocated for bytes that have come, not for a number that was announced.
package struct AttachmentAssembly {
    /// Memory up to so many bytes is kept for the next packet.
    private static let keptCapacity = 512

    /// The most bytes of a packet and its attachments together.
    private let maximumSize: Int
    private var packet = AssembledPacket()
    /// The number of attachments that are missing; -1 if there is nothing to be assembled any more.
    package private(set) var missing = 0

    package init(maximumSize: Int) {
        self.maximumSize = maximumSize
    }

    /// Begins with the message that announces `count` attachments, at least one.
    package mutating func begin(_ message: UnsafeRawBufferPointer, count: Int) throws(SocketIOPacketError) {
        try self.keep(message)
        self.missing = count
    }

    /// Takes the next attachment.
    ///
    /// - Returns: the packet if this attachment is its last.
    package mutating func add(_ attachment: UnsafeRawBufferPointer) throws(SocketIOPacketError) -> AssembledPacket? {
        self.missing -= 1
        if self.missing > 0 {
            try self.keep(attachment)
            return nil
        }
        try self.check(attachment.count)
        defer { self.packet = AssembledPacket() }
        return self.packet
    }

    /// Keeps the memory of a packet that was delivered for the next.
    package mutating func reuse(_ packet: consuming AssembledPacket) {
        guard self.missing == 0, packet.parts.capacity <= Self.keptCapacity else { return }
        packet.parts.removeAll()
        self.packet = packet
    }

    package var isStopped: Bool { self.missing < 0 }

    /// Drops the packet that is incomplete, and takes no other.
    package mutating func stop() {
        self.packet = AssembledPacket()
        self.missing = -1
    }

    /// Drops the packet that is incomplete, and takes others again.
    package mutating func restart() {
        self.packet = AssembledPacket()
        self.missing = 0
    }

    private mutating func keep(_ part: UnsafeRawBufferPointer) throws(SocketIOPacketError) {
        try self.check(part.count)
        self.packet.parts.append(part)
    }

    private func check(_ added: Int) throws(SocketIOPacketError) {
        let size = self.packet.parts.size + added
        guard size <= self.maximumSize else {
            throw SocketIOPacketError(
                "a packet of \(size) bytes with its attachments, over the limit of \(self.maximumSize) bytes "
                    + "(max_message_size)")
        }
    }
}
