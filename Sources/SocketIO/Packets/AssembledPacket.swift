/// A packet and all of its attachments but the last, which need not be copied because it completes the packet.
package struct AssembledPacket {
    /// The message with the packet, then the attachments.
    var parts = JoinedParts()

    /// Calls `body` with the message that announced the attachments, and with the attachments. The bytes are valid
    /// until `body` returns.
    package func withParts<Result>(
        last: UnsafeRawBufferPointer,
        _ body: (_ message: UnsafeRawBufferPointer, _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>) ->
            Result
    ) -> Result {
        self.parts.withParts(last: last) { body($0[0], UnsafeBufferPointer(rebasing: $0[1...])) }
    }
}
