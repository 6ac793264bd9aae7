import EngineIO
import EpollLoop
import NIOCore

/// Encodes the frames of one websocket and hands them over together.
///
/// A socket of ours gets plain bytes directly: the way through the pipeline costs as much as the system call. Every
/// other channel gets them by its pipeline, as does a socket what the system does not take at once; the channel also
/// finds the errors.
final class FrameWriter {
    private let loop: ClientLoop
    private let traffic: UnsafeMutablePointer<Traffic>
    /// Not checked for overlapping accesses, as ``block``: nothing is called while one is open, and each frame would
    /// pay for the checks.
    @exclusivity(unchecked) private var channel: (any Channel)?
    /// The channel, if it takes bytes past its pipeline.
    @exclusivity(unchecked) private var socket: SocketChannel?
    @exclusivity(unchecked) private var block = FrameBlock()
    /// Writes that the channel was given and has not finished.
    private var channelWrites = 0
    private(set) var isFlushing = false
    /// The loop will flush.
    private var isFlushDue = false
    /// Bytes that the channel was given so far.
    private(set) var handed = 0
    /// The pongs in ``block``, and the handler to notify when the system has them. Released with the channel.
    private var pongs: PongKinds = []
    private var owner: WebSocketHandler?
    /// Messages that were accepted so far, and those of them that the system has.
    private var accepted = 0
    private var written = 0
    private var drain = DrainWaiters()

    /// How much may be collected before it is written at once.
    static let flushThreshold = 64 << 10

    init(loop: ClientLoop, traffic: UnsafeMutablePointer<Traffic>) {
        self.loop = loop
        self.traffic = traffic
    }

    deinit { self.block.free() }

    /// The frames go by the pipeline of `channel`.
    ///
    /// - Parameter owner: notified when the system has taken pongs.
    func attach(_ channel: any Channel, owner: WebSocketHandler?) {
        self.channel = channel
        self.owner = owner
    }

    /// The frames go to `socket` directly.
    func attach(_ socket: SocketChannel, owner: WebSocketHandler?) {
        self.channel = socket
        self.socket = socket
        self.owner = owner
    }

    /// The channel closes. Frames that are collected are not written any more.
    func detach() {
        self.channel = nil
        self.socket = nil
        self.owner = nil
        self.block.count = 0
        self.drain.removeAll()
    }

    /// Whether the channel has bytes that the system did not take.
    var isBehind: Bool { self.channelWrites > 0 }

    /// Messages that the system has not taken, or not wholly.
    var unwrittenMessages: Int { self.accepted - self.written }

    func countMessage() { self.accepted += 1 }

    /// Bytes that are collected and not written.
    var count: Int { self.block.count }

    /// Bytes that the system has not taken.
    var bufferedBytes: Int { self.count + self.channelBytes }

    /// Those of ``handed`` that the system has not taken.
    var channelBytes: Int {
        guard let channel = self.channel, channel.isActive else { return 0 }
        return (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// The frame that is collected next is a pong.
    func collectsPong(_ kind: PongKinds) { self.pongs.formUnion(kind) }

    /// Collects one frame, masked with a key of its own.
    @inline(__always)
    func append(_ opcode: WebSocketOpcode, prefix: UInt8?, _ payload: UnsafeRawBufferPointer) {
        let needed = payload.count + webSocketFrameOverhead
        if self.block.capacity - self.block.count < needed { self.grow(by: needed) }
        guard let base = self.block.base else { return }
        self.block.count += writeWebSocketFrame(
            opcode, prefix: prefix, payload: payload, mask: self.loop.nextMask(), to: base + self.block.count)
    }

    private func grow(by needed: Int) {
        if self.block.base == nil { self.block = self.loop.takeBlock() }
        self.block.reserve(self.block.count + needed)
    }

    // MARK: Flushing

    /// Has the loop flush when it has run what is under way.
    func flushSoon() {
        guard !self.isFlushDue else { return }
        self.isFlushDue = true
        self.loop.flushSoon(self)
    }

    /// The flush that was due, if anything is left to be written.
    func flushIsDue() {
        self.isFlushDue = false
        if self.count > 0 { self.flush() }
    }

    /// Adds what is collected to `batch`, if it may go straight to the socket: ``complete(_:)`` has to follow if it has
    /// a result, otherwise ``flushIsDue()``.
    func add(to batch: SocketBatch, at place: Int) {
        guard let socket = self.socket, self.count > 0 else { return }
        socket.addWrite(of: self.block.bytes, to: batch, at: place)
    }

    /// - Parameter result: how many bytes the system took by a batch; or an error number, negated.
    func complete(_ result: Int) {
        self.isFlushDue = false
        // Of those that are written at once, one may have closed another.
        guard let channel = self.channel else { return }
        self.complete(max(0, result), channel)
    }

    /// Hands over what is collected.
    func flush() {
        guard let channel = self.channel, self.count > 0 else {
            self.block.count = 0
            return
        }
        self.complete(self.socket?.writeNow(self.block.bytes) ?? 0, channel)
    }

    /// - Parameter sent: how many of the collected bytes the system has; the channel gets the rest.
    private func complete(_ sent: Int, _ channel: any Channel) {
        let pongs = self.pongs
        if sent == self.count {
            self.count(written: self.accepted, bytes: sent)
            self.empty()
            self.notifyIfDrained()
            if !pongs.isEmpty { self.owner?.pongsTaken(pongs) }
            return
        }
        self.traffic.pointee.bytesWritten &+= sent
        let rest = ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: self.block.bytes[sent...]))
        self.empty()
        self.write(rest, pongs, channel)
    }

    private func write(_ bytes: ByteBuffer, _ pongs: PongKinds, _ channel: any Channel) {
        let mark = self.accepted
        let length = bytes.readableBytes
        self.handed += length
        let done = self.loop.eventLoop.makePromise(of: Void.self)
        self.channelWrites += 1
        done.futureResult.assumeIsolated().whenSuccess {
            self.channelWrites -= 1
            self.count(written: mark, bytes: length)
            self.notifyIfDrained()
            if !pongs.isEmpty { self.owner?.pongsTaken(pongs) }
        }
        self.isFlushing = true
        channel.writeAndFlush(bytes, promise: done)
        self.isFlushing = false
    }

    /// Calls `body` once, later, when nothing is left to be written. It is not called when the connection ends before.
    func whenDrained(_ body: @escaping () -> Void) {
        self.drain.add(body)
        self.notifyIfDrained()
    }

    func whenDrained(_ waiters: DrainWaiters) {
        self.drain.add(waiters)
        self.notifyIfDrained()
    }

    private func notifyIfDrained() {
        guard !self.drain.isEmpty, self.count == 0, self.channelWrites == 0 else { return }
        self.drain.notify(on: self.loop.eventLoop)
    }

    private func count(written: Int, bytes: Int) {
        self.traffic.pointee.written &+= written - self.written
        self.traffic.pointee.bytesWritten &+= bytes
        self.written = written
    }

    private func empty() {
        self.pongs = []
        self.block.count = 0
        self.loop.giveBack(self.block)
        self.block = FrameBlock()
    }
}
