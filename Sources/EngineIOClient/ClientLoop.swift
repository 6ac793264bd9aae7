import EpollLoop
import NIOCore

/// Everything that the sessions of one event loop share: masking keys, memory for frames, and the list of those with
/// unflushed frames.
package final class ClientLoop {
    package let eventLoop: any EventLoop
    package let tlsContexts = TLSContexts()
    let resolver: HostResolver
    /// For sessions without a meter.
    let uncounted = TrafficCounts()
    private var masks: [UInt32] = []
    private var nextMaskIndex = 0
    /// Not checked for overlapping accesses, as those below: nothing is called while one is open, and each read of each
    /// session would pay for the checks.
    @exclusivity(unchecked) private var spareBlocks: [FrameBlock] = []
    private var spareBytes = 0
    package let backgroundCloses: BackgroundCloses
    /// Retained by hand: an array's own counting costs as much as the rest of a turn's bookkeeping.
    @exclusivity(unchecked) private var unflushed: [Unmanaged<FrameWriter>] = []
    @exclusivity(unchecked) private var flushing: [Unmanaged<FrameWriter>] = []
    private var firstUnflushed = NIODeadline.uptimeNanoseconds(0)
    private var isFlushDue = false
    /// Sends for many sessions at once, where the system lets it. Made on the loop's thread, as it is for that only.
    private lazy var batch = SocketBatch()

    /// Spare blocks have so much memory at most, in bytes: neither one large message nor a burst stays in memory.
    private static let spareLimit = 1 << 20
    private static let maskCount = 1024
    /// How long a frame may wait for those of other sessions.
    private static let longestFlushDelay = TimeAmount.microseconds(500)

    package init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.resolver = HostResolver(eventLoop: eventLoop)
        self.backgroundCloses = BackgroundCloses(eventLoop: eventLoop)
    }

    deinit {
        for block in self.spareBlocks { block.free() }
        for writer in self.unflushed { writer.release() }
    }

    /// The time that timers are due by. A loop in memory has a clock of its own.
    package var now: NIODeadline { self.eventLoop.now }

    /// A new key for each frame (RFC 6455, section 5.3), from the kernel's generator. They are drawn in blocks: a
    /// system call for each would cost more than the frame.
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

    /// Calls `body` once the other sessions, and all else that the loop has to do, have had their turn.
    func nextTurn(_ body: @escaping () -> Void) {
        if let loop = self.eventLoop as? EpollEventLoop {
            loop.executeInNextTurn(body)
        } else {
            // One of SwiftNIO's goes to its sockets only where nothing is due at once.
            self.eventLoop.assumeIsolated().scheduleTask(in: .microseconds(50), body)
        }
    }

    func takeBlock() -> FrameBlock {
        guard let block = self.spareBlocks.popLast() else { return FrameBlock() }
        self.spareBytes -= block.capacity
        return block
    }

    func giveBack(_ block: FrameBlock) {
        if self.spareBytes + block.capacity <= Self.spareLimit {
            self.spareBlocks.append(block)
            self.spareBytes += block.capacity
        } else {
            block.free()
        }
    }

    /// Flushes `writer` when the loop has read what is ready, or soon where that takes long.
    ///
    /// A server that sleeps is woken by each write: those of one turn, one after the other, wake it once.
    ///
    /// Writers that came before may be flushed at once, but never this one, which may be in the middle of a write; nor
    /// any from within a flush, whose own list that would replace.
    func flushSoon(_ writer: FrameWriter) {
        if self.unflushed.isEmpty {
            self.firstUnflushed = self.now
        } else if self.flushing.isEmpty,
            self.unflushed.count >= SocketBatch.limit
                || self.now - self.firstUnflushed > Self.longestFlushDelay
        {
            self.flush()
            self.firstUnflushed = self.now
        }
        self.unflushed.append(.passRetained(writer))
        guard !self.isFlushDue else { return }
        self.isFlushDue = true
        self.eventLoop.assumeIsolated().execute {
            self.isFlushDue = false
            self.flush()
        }
    }

    private func flush() {
        // Swapped, not copied: a writer that is added meanwhile waits for the next turn.
        swap(&self.unflushed, &self.flushing)
        // More than a batch takes if the pongs of a whole batch were waiting for it.
        for start in stride(from: 0, to: self.flushing.count, by: SocketBatch.limit) {
            self.flush(self.flushing[start..<min(start + SocketBatch.limit, self.flushing.count)])
        }
        self.flushing.removeAll(keepingCapacity: true)
    }

    private func flush(_ writers: ArraySlice<Unmanaged<FrameWriter>>) {
        let batch = writers.count > 1 ? self.batch : nil
        if let batch {
            for (place, writer) in writers.enumerated() {
                writer._withUnsafeGuaranteedRef { $0.add(to: batch, at: place) }
            }
            batch.submit()
        }
        for (place, writer) in writers.enumerated() {
            writer._withUnsafeGuaranteedRef {
                if let result = batch?.result(place) { $0.complete(result) } else { $0.flushIsDue() }
            }
            writer.release()
        }
    }
}
