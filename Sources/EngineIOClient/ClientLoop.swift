import NIOCore

/// What the sessions of one event loop share: masking keys, write buffers, and the list of those with unflushed frames.
package final class ClientLoop {
    package let eventLoop: any EventLoop
    package let tlsContexts = TLSContexts()
    private var masks: [UInt32] = []
    private var nextMaskIndex = 0
    private var spareBuffers: [ByteBuffer] = []
    private var unflushed: [WebSocketHandler] = []
    private var flushing: [WebSocketHandler] = []

    /// Buffers above this size are given back to the system, so that one large message does not stay in memory.
    private static let largestSpare = 256 << 10
    private static let spareCount = 4
    private static let maskCount = 1024

    package init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// A new key for each frame (RFC 6455, section 5.3), from the kernel's generator. They are drawn in blocks: a system
    /// call for each would cost more than the frame.
    func nextMask() -> UInt32 {
        if self.nextMaskIndex == self.masks.count { self.drawMasks() }
        let mask = self.masks[self.nextMaskIndex]
        self.nextMaskIndex += 1
        return mask
    }

    private func drawMasks() {
        self.masks = RandomBytes.words(Self.maskCount)
        self.nextMaskIndex = 0
    }

    func takeBuffer() -> ByteBuffer { self.spareBuffers.popLast() ?? ByteBuffer() }

    /// Takes back a buffer that was written. Returns whether nothing else holds its storage: a channel lets go of it when
    /// the system has taken all of it.
    func giveBack(_ buffer: consuming ByteBuffer) -> Bool {
        // Clearing a storage that is shared leaves it to the others and takes a fresh one.
        let capacity = buffer.storageCapacity
        let before = buffer.withVeryUnsafeBytes { $0.baseAddress }
        buffer.clear(minimumCapacity: 0)
        let after = buffer.withVeryUnsafeBytes { $0.baseAddress }
        guard before == after, before != nil else { return false }
        if capacity <= Self.largestSpare, self.spareBuffers.count < Self.spareCount { self.spareBuffers.append(buffer) }
        return true
    }

    /// Flushes `handler` when the loop has run what it is at.
    func flushSoon(_ handler: WebSocketHandler) {
        self.unflushed.append(handler)
        if self.unflushed.count == 1 {
            self.eventLoop.assumeIsolated().execute { self.flush() }
        }
    }

    private func flush() {
        // Swapped, not copied: what is marked meanwhile waits for the next turn.
        swap(&self.unflushed, &self.flushing)
        for handler in self.flushing { handler.flushMarked() }
        self.flushing.removeAll(keepingCapacity: true)
    }
}
