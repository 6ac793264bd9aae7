/// Events of a namespace that came before the server's CONNECT. Both reference clients deliver them before `connect`.
package struct HeldEvents {
    /// A copy of one event.
    package struct Event {
        /// The id, the payload and the attachments.
        fileprivate var parts = JoinedParts()

        /// Calls `body` with the event's id, payload and attachments, which are valid until it returns.
        package func withParts(
            _ body: (
                _ id: UnsafeRawBufferPointer, _ payload: UnsafeRawBufferPointer,
                _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>
            ) -> Void
        ) {
            self.parts.withParts { body($0[0], $0[1], UnsafeBufferPointer(rebasing: $0[2...])) }
        }
    }

    /// The memory that each event and each attachment takes beside its bytes.
    private static let overhead = 128

    package private(set) var events: [Event] = []
    private var size = 0

    package init() {}

    /// Keeps a copy of an event.
    ///
    /// - Parameter limit: the most bytes of all events, with the memory that each of them needs.
    /// - Returns: false if that is too much.
    package mutating func add(
        _ packet: ReceivedSocketIOPacket, _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>, limit: Int
    ) -> Bool {
        self.size += Self.overhead * (1 + attachments.count) + packet.id.count + packet.payload.count
        for attachment in attachments { self.size += attachment.count }
        guard self.size <= limit else { return false }
        var event = Event()
        event.parts.append(packet.id)
        event.parts.append(packet.payload)
        for attachment in attachments { event.parts.append(attachment) }
        self.events.append(event)
        return true
    }
}
