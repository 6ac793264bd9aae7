import Glibc
import NIOCore

/// A connected TCP socket on an ``EpollEventLoop``.
///
/// It is a channel of SwiftNIO's, with a pipeline, until ``readDirectly(_:)``; then what it receives goes to a
/// ``SocketReader``, and the pipeline is only written to.
package final class SocketChannel: Channel, @unchecked Sendable {
    package let eventLoop: any EventLoop
    let loop: EpollEventLoop
    /// -1 when it is closed. Not checked for overlapping accesses, as those below: nothing is called while one is open,
    /// and each read would pay for the checks.
    @exclusivity(unchecked) private(set) package var descriptor: CInt
    private let closePromise: EventLoopPromise<Void>
    private var pipelineStorage: ChannelPipeline?
    private let waterMark: ChannelOptions.Types.WriteBufferWaterMark

    @exclusivity(unchecked) private var reader: (any SocketReader)?
    @exclusivity(unchecked) private var pending = PendingWrites()
    private var isFlushing = false
    /// The error of a write: nothing is written after it.
    private var writeError: (any Error)?
    /// Set while the socket connects.
    @exclusivity(unchecked) private var onConnected: ((Result<Void, any Error>) -> Void)?
    private(set) package var isWritable = true
    private(set) package var autoRead = true
    /// The events that the system watches the socket for.
    private var interest: Readiness

    /// - Parameters:
    ///   - descriptor: a socket that does not block and connects; the channel closes it.
    ///   - waterMark: at how many waiting bytes ``isWritable`` turns.
    ///   - onConnected: called once, on the loop, later; not after the channel was closed.
    /// - Throws: `IOError` where the system cannot watch the socket, which stays the caller's.
    init(
        connecting descriptor: CInt, on loop: EpollEventLoop, waterMark: ChannelOptions.Types.WriteBufferWaterMark,
        onConnected: @escaping (Result<Void, any Error>) -> Void
    ) throws {
        self.eventLoop = loop
        self.loop = loop
        self.descriptor = descriptor
        self.waterMark = waterMark
        self.closePromise = loop.makePromise()
        self.interest = .writable
        self.onConnected = onConnected
        do {
            try loop.register(self, self.interest)
        } catch {
            self.closePromise.succeed()
            throw error
        }
        self.pipelineStorage = ChannelPipeline(channel: self)
    }

    package var pipeline: ChannelPipeline {
        guard let pipeline = self.pipelineStorage else {
            preconditionFailure("a channel has a pipeline once it is made")
        }
        return pipeline
    }

    package var allocator: ByteBufferAllocator { ByteBufferAllocator() }
    package var closeFuture: EventLoopFuture<Void> { self.closePromise.futureResult }
    package var localAddress: SocketAddress? { try? self.localAddress0() }
    package var remoteAddress: SocketAddress? { try? self.remoteAddress0() }
    package var parent: (any Channel)? { nil }
    package var isActive: Bool { self.descriptor >= 0 }
    package var _channelCore: any ChannelCore { self }

    /// Bytes that the system has not taken.
    package var bufferedBytes: Int { self.pending.bytes }

    /// Shows all that comes to `reader` from now on; the pipeline's handlers see nothing any more.
    package func readDirectly(_ reader: any SocketReader) { self.reader = reader }

    // MARK: Connecting

    private func connected(_ completion: (Result<Void, any Error>) -> Void) {
        self.onConnected = nil
        guard self.isActive else { return }
        var status: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(self.descriptor, SOL_SOCKET, SO_ERROR, &status, &length)
        do {
            if status != 0 { throw IOError(errnoCode: status, reason: "connect") }
            try self.change(to: [.readable, .peerClosed])
        } catch {
            self.close(because: error)
            return completion(.failure(error))
        }
        completion(.success(()))
    }

    // MARK: Reading

    func ready(_ readiness: Readiness) {
        if let onConnected = self.onConnected { return self.connected(onConnected) }
        if readiness.contains(.writable), self.isActive { self.flushNow() }
        // Data that came before an error is read before it. After a failed write it is read to its end later, because
        // the system reports the error only once: a read would look like a clean end of the connection.
        guard self.isActive, self.writeError == nil else { return }
        if !readiness.isDisjoint(with: [.readable, .peerClosed, .failed]) { self.readNow() }
    }

    /// Reads once: the system reports the rest again.
    private func readNow() {
        let buffer = self.loop.receiveBuffer
        let count = recv(self.descriptor, buffer.baseAddress, buffer.count, 0)
        self.completeRead(count < 0 ? -Int(errno) : count, buffer)
    }

    /// Whether its bytes go to a ``SocketReader``, and now.
    @inline(__always)
    var isReadDirectly: Bool { self.reader != nil && self.isActive && self.writeError == nil }

    /// - Parameter result: how many bytes the system has put into `buffer`; or an error number, negated.
    func completeRead(_ result: Int, _ buffer: UnsafeMutableRawBufferPointer) {
        // Of those that are read at once, one may have closed another.
        guard self.isActive else { return }
        if result > 0 {
            self.received(UnsafeRawBufferPointer(rebasing: buffer[..<result]))
        } else if result == 0 {
            self.close(because: ChannelError.eof)
        } else if result != -Int(EAGAIN), result != -Int(EINTR) {
            self.fail(IOError(errnoCode: CInt(-result), reason: "recv"))
        }
    }

    private func received(_ bytes: UnsafeRawBufferPointer) {
        if let reader = self.reader {
            reader.read(bytes)
            if self.isActive { reader.readCompleted() }
        } else {
            self.pipeline.syncOperations.fireChannelRead(NIOAny(ByteBuffer(bytes: bytes)))
            if self.isActive { self.pipeline.syncOperations.fireChannelReadComplete() }
        }
    }

    /// Reads on, or leaves what comes to the system. An error is reported either way.
    package func setAutoRead(_ isOn: Bool) {
        self.autoRead = isOn
        self.watch(
            isOn ? self.interest.union([.readable, .peerClosed]) : self.interest.subtracting([.readable, .peerClosed]))
    }

    private func watch(_ interest: Readiness) {
        guard interest != self.interest, self.isActive else { return }
        do {
            try self.change(to: interest)
        } catch {
            // Later: the call may come from within a read.
            self.loop._executeIsolatedUnsafeUnchecked { self.fail(error) }
        }
    }

    private func change(to interest: Readiness) throws {
        self.interest = interest
        try self.loop.change(self, interest)
    }

    // MARK: Writing

    /// Lets the system take what it can of `bytes`, past the pipeline, unless other bytes wait. An error is left for
    /// the next write to find.
    ///
    /// - Returns: how many bytes the system took; the pipeline has to be given the rest.
    package func writeNow(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard self.takesBytesNow else { return 0 }
        return max(0, PendingWrites.send(bytes, to: self.descriptor))
    }

    /// Adds such a write to `batch`, unless other bytes wait.
    package func addWrite(of bytes: UnsafeRawBufferPointer, to batch: SocketBatch, at place: Int) {
        if self.takesBytesNow { batch.addSend(self.descriptor, bytes, at: place) }
    }

    private var takesBytesNow: Bool { self.descriptor >= 0 && self.pending.isEmpty && self.writeError == nil }

    func enqueue(_ data: ByteBuffer, _ promise: EventLoopPromise<Void>?) {
        guard self.isActive, self.writeError == nil else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        self.pending.append(data, promise)
        if self.isWritable, self.pending.bytes > self.waterMark.high { self.setWritable(false) }
    }

    func flushPending() {
        self.pending.markFlushed()
        // Where the system takes no more, it says when it does.
        if self.isActive, !self.interest.contains(.writable) { self.flushNow() }
    }

    private func flushNow() {
        // A promise or a handler may write from within: the pass below sees it.
        guard !self.isFlushing else { return }
        self.isFlushing = true
        defer { self.isFlushing = false }
        repeat {
            let promises: [EventLoopPromise<Void>]
            do {
                promises = try self.pending.write(to: self.descriptor)
            } catch {
                return self.writeFailed(error)
            }
            let isBlocked = self.pending.hasFlushed
            if !self.isWritable, self.pending.bytes < self.waterMark.low { self.setWritable(true) }
            for promise in promises { promise.succeed() }
            if isBlocked { break }
        } while self.isActive && self.pending.hasFlushed
        self.watch(
            self.pending.hasFlushed ? self.interest.union(.writable) : self.interest.subtracting(.writable))
    }

    /// The connection is closed when what the server sent before was read. Later: a write may come from within a read.
    private func writeFailed(_ error: any Error) {
        self.writeError = error
        for promise in self.pending.removeAll() { promise.fail(error) }
        self.watch(self.interest.subtracting(.writable))
        self.loop._executeIsolatedUnsafeUnchecked {
            self.readToEnd(before: error)
        }
    }

    /// Reads what is there, in turns of the loop.
    private func readToEnd(before error: any Error) {
        let buffer = self.loop.receiveBuffer
        for _ in 0..<Self.readsPerTurn {
            guard self.isActive else { return }
            let count = recv(self.descriptor, buffer.baseAddress, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return self.fail(error) }
            self.received(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        self.loop.executeInNextTurn { self.readToEnd(before: error) }
    }

    private static let readsPerTurn = 4

    private func setWritable(_ isWritable: Bool) {
        self.isWritable = isWritable
        if let reader = self.reader {
            reader.writabilityChanged(isWritable)
        } else {
            self.pipeline.syncOperations.fireChannelWritabilityChanged()
        }
    }

    // MARK: Closing

    private func fail(_ error: any Error) {
        guard self.isActive else { return }
        if let reader = self.reader {
            reader.readFailed(error)
        } else {
            self.pipeline.syncOperations.fireErrorCaught(error)
        }
        self.close(because: error)
    }

    /// - Parameter error: the error that the promises of unfinished writes fail with.
    func close(because error: any Error) {
        guard self.isActive else { return }
        if self.reader == nil, self.onConnected == nil {
            self.pipeline.syncOperations.fireUserInboundEventTriggered(SocketEnding())
            guard self.isActive else { return }
        }
        self.loop.unregister(self)
        Glibc.close(self.descriptor)
        self.descriptor = -1
        for promise in self.pending.removeAll() { promise.fail(error) }
        let reader = self.reader
        self.reader = nil
        self.onConnected = nil
        if let reader {
            reader.connectionClosed()
        } else {
            self.pipeline.syncOperations.fireChannelInactive()
            self.pipeline.syncOperations.fireChannelUnregistered()
        }
        // Later: a handler may be at work in the pipeline.
        self.loop._executeIsolatedUnsafeUnchecked {
            self.removeHandlers(pipeline: self.pipeline)
            self.closePromise.succeed()
        }
    }
}
