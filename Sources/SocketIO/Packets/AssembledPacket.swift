/// A packet and all of its attachments but the last, which need not be copied because it completes the packet.
package struct AssembledPacket {
    /// The message with the packet, then the attachments, one after the other.
    var bytes: [UInt8] = []
    /// The end of each part in ``bytes``.
    var ends: [Int] = []

    /// Calls `body` with the message that announced the attachments, and with the attachments. The bytes are valid
    /// until `body` returns.
    package func withParts<Result>(
        last: UnsafeRawBufferPointer,
        _ body: (_ message: UnsafeRawBufferPointer, _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>) ->
            Result
    ) -> Result {
        self.bytes.withUnsafeBytes { bytes in
            withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: self.ends.count) { attachments in
                for index in 1..<self.ends.count {
                    let range = self.ends[index - 1]..<self.ends[index]
                    attachments.initializeElement(at: index - 1, to: UnsafeRawBufferPointer(rebasing: bytes[range]))
                }
                attachments.initializeElement(at: self.ends.count - 1, to: last)
                let message = UnsafeRawBufferPointer(rebasing: bytes[..<self.ends[0]])
                return body(message, UnsafeBufferPointer(attachments))
            }
        }
    }
}
