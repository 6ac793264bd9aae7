import EngineIO
import EpollLoop
import Glibc
import NIOCore

/// Collects the frames of one websocket and writes them together.
///
/// Plain bytes go straight to the socket as long as nothing waits in the channel: the way through the pipeline costs as
/// much as the system call. The channel gets what the system does not take, and all that TLS has to encrypt; it also
/// finds the errors.
final class FrameWriter {
    private let loop: ClientLoop
    private let traffic: UnsafeMutablePointer<Traffic>
    /// Not checked for overlapping accesses, as ``block``: nothing is called while one is open, and each frame would pay for
    /// the checks.
    @exclusivity(unchecked) private var channel: (any Channel)?
    /// The socket, or -1 where only the channel may write.
    private var descriptor: CInt = -1
    @exclusivity(unchecked) private var block = FrameBlock()
    /// Writes that the channel was given and has not finished.
    private var channelWrites = 0
    private(set) var isFlushing = false
    /// Bytes that the channel was given so far.
    private(set) var handed = 0
    /// The pongs in ``block``, and who hears when the system has them. Let go with the channel.
    private var pongs: PongKinds = []
    private var owner: WebSocketHandler?
    /// Messages that were accepted so far, and those of them that the system has.
    private var accepted = 0
    private var written = 0
    private var onDrained: [() -> Void] = []

    /// How much may be collected before it is written at once.
    static let flushThreshold = 64 << 10

    init(loop: ClientLoop, traffic: UnsafeMutablePointer<Traffic>) {
        self.loop = loop
        self.traffic = traffic
    }

    deinit { self.block.free() }

    /// - Parameter owner: told when the system has taken pongs.
    func attach(_ channel: any Channel, isSecure: Bool, owner: WebSocketHandler) {
        self.channel = channel
        self.owner = owner
        if isSecure { return }
        if let socket = channel as? SocketChannel {
            self.descriptor = socket.descriptor
        } else {
            let pipeline = channel.pipeline.syncOperations
            let handle = try? pipeline.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
            self.descriptor = handle ?? -1
        }
    }

    /// The channel closes: its socket's number may soon be another's. What is collected is not written any more.
    func detach() {
        self.channel = nil
        self.owner = nil
        self.descriptor = -1
        self.block.count = 0
        self.onDrained = []
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

    /// Says that the frame that was collected last is a pong.
    func collectedPong(_ kind: PongKinds) { self.pongs.formUnion(kind) }

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

    /// Writes what is collected.
    ///
    /// - Parameter promise: told when the system has all of it.
    func flush(promise: EventLoopPromise<Void>? = nil) {
        guard let channel = self.channel, let base = self.block.base else {
            self.block.count = 0
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        let bytes = UnsafeRawBufferPointer(start: base, count: self.block.count)
        self.complete(self.channelWrites == 0 ? self.sendAtOnce(bytes) : 0, bytes, channel, promise)
    }

    /// Adds what is collected to `batch`, where it may go straight to the socket.
    func flush(by batch: SocketBatch, at place: Int) {
        guard self.descriptor >= 0, self.channelWrites == 0, let base = self.block.base else { return }
        batch.addSend(self.descriptor, UnsafeRawBufferPointer(start: base, count: self.block.count), at: place)
    }

    /// - Parameter result: how many bytes the system took by a batch; or an error number, negated.
    func flushed(_ result: Int) {
        // Of those that are written at once, one may have closed another.
        guard let channel = self.channel, let base = self.block.base else { return }
        self.complete(max(0, result), UnsafeRawBufferPointer(start: base, count: self.block.count), channel, nil)
    }

    private func complete(
        _ sent: Int, _ bytes: UnsafeRawBufferPointer, _ channel: any Channel, _ promise: EventLoopPromise<Void>?
    ) {
        if sent == bytes.count {
            let pongs = self.pongs
            self.count(written: self.accepted, bytes: sent)
            self.empty()
            promise?.succeed()
            if !self.onDrained.isEmpty { self.tellDrained() }
            if !pongs.isEmpty { self.owner?.pongsTaken(pongs) }
            return
        }
        self.traffic.pointee.bytesWritten &+= sent
        let rest = ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: bytes[sent...]))
        let pongs = self.pongs
        self.empty()
        self.write(rest, pongs, channel, promise)
    }

    /// Returns how many bytes the system took; an error is left for the channel to find.
    private func sendAtOnce(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard self.descriptor >= 0 else { return 0 }
        while true {
            let sent = send(self.descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if sent >= 0 { return sent }
            if errno != EINTR { return 0 }
        }
    }

    private func write(
        _ bytes: ByteBuffer, _ pongs: PongKinds, _ channel: any Channel, _ promise: EventLoopPromise<Void>?
    ) {
        let mark = self.accepted
        let length = bytes.readableBytes
        self.handed += length
        let done = self.loop.eventLoop.makePromise(of: Void.self)
        self.channelWrites += 1
        done.futureResult.assumeIsolated().whenSuccess {
            self.channelWrites -= 1
            self.count(written: mark, bytes: length)
            self.tellDrained()
            if !pongs.isEmpty { self.owner?.pongsTaken(pongs) }
        }
        if let promise { done.futureResult.cascade(to: promise) }
        self.isFlushing = true
        channel.writeAndFlush(bytes, promise: done)
        self.isFlushing = false
    }

    /// Calls `body` once, later, when nothing is left to be written. It is not called when the connection ends before.
    func whenDrained(_ body: @escaping () -> Void) {
        self.onDrained.append(body)
        self.tellDrained()
    }

    private func tellDrained() {
        guard !self.onDrained.isEmpty, self.count == 0, self.channelWrites == 0 else { return }
        let bodies = self.onDrained
        self.onDrained = []
        for body in bodies { self.loop.eventLoop.assumeIsolated().execute(body) }
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

/// The two pongs of a websocket: that of its own pings, and that of Engine.IO's.
struct PongKinds: OptionSet {
    let rawValue: UInt8

    static let frame = PongKinds(rawValue: 1)
    static let packet = PongKinds(rawValue: 2)
}

/// Memory for frames, lent by a loop to the handlers that have something to write.
struct FrameBlock {
    private(set) var base: UnsafeMutableRawPointer?
    private(set) var capacity = 0
    var count = 0

    /// Makes room for `length` bytes in all.
    mutating func reserve(_ length: Int) {
        guard length > self.capacity else { return }
        let capacity = max(length, self.capacity * 2, 4096)
        let base = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        if let old = self.base {
            base.copyMemory(from: old, byteCount: self.count)
            old.deallocate()
        }
        self.base = base
        self.capacity = capacity
    }

    /// Nothing may be written to it, or to a copy of it, after that.
    func free() { self.base?.deallocate() }
}
