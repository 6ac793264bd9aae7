import EngineIO
import NIOCore

/// The frames of one websocket: the hot path.
///
/// Frames are read straight from the received buffer and messages are handed on as pointers into it; all that is sent
/// during one read goes into one buffer, which is written when the read is over.
final class WebSocketHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let loop: ClientLoop
    private let maximumMessageSize: Int
    private let isSecure: Bool
    /// The session lets go of its handler when it ends.
    private let session: ClientSession
    private var context: ChannelHandlerContext?

    /// The start of a frame whose end has not come.
    private var partial = ByteBuffer()
    private var fragments = ByteBuffer()
    private var fragmentKind: WebSocketOpcode?

    private var pending: ByteBuffer?
    private var isReading = false
    private var isMarked = false
    private var isFlushing = false
    private var isWritable = true
    private var isAwaitingWriting = false
    private var backlog = WriteBacklog()

    private enum State {
        case open
        /// A Close frame was sent.
        case closing
        case closed
    }
    private var state = State.open
    private var failure: (any Error)?
    private var closeTimer: Scheduled<Void>?

    /// How much may be collected before it is written without waiting for the end of the read.
    private static let flushThreshold = 64 << 10

    init(session: ClientSession, loop: ClientLoop, maximumMessageSize: Int, isSecure: Bool) {
        self.session = session
        self.loop = loop
        self.maximumMessageSize = maximumMessageSize
        self.isSecure = isSecure
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    // MARK: Reading

    /// Reads what the server sent right behind its answer to the handshake. Where it has closed the connection since,
    /// this handler is in no pipeline.
    ///
    /// - Parameter failure: what went wrong with the connection since the answer.
    func start(_ bytesBehindAnswer: ByteBuffer, failure: (any Error)?) {
        self.failure = failure
        if bytesBehindAnswer.readableBytes > 0 {
            self.read(bytesBehindAnswer)
            self.readCompleted()
        }
        if self.context == nil { self.connectionLost() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { self.read(Self.unwrapInboundIn(data)) }

    func channelReadComplete(context: ChannelHandlerContext) { self.readCompleted() }

    @inline(__always)
    private func read(_ received: consuming ByteBuffer) {
        self.isReading = true
        if self.partial.readableBytes > 0 {
            // Moved to a local while the script runs: it must not be borrowed then.
            var joined = self.partial
            self.partial = ByteBuffer()
            joined.writeBuffer(&received)
            received = joined
        }
        let used = received.withUnsafeReadableBytes { self.readFrames($0) }
        guard used < received.readableBytes, self.state != .closed else { return }
        received.moveReaderIndex(forwardBy: used)
        if received.readableBytes > Self.flushThreshold {
            received.discardReadBytes()
            self.partial = received
        } else {
            self.partial.writeBuffer(&received)
        }
    }

    private func readCompleted() {
        self.isReading = false
        if self.pending != nil { self.flush() }
    }

    /// Reads all complete frames and returns how many bytes they had.
    private func readFrames(_ bytes: UnsafeRawBufferPointer) -> Int {
        var index = 0
        do {
            while self.state != .closed {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[index...])
                guard let header = try WebSocketFrameHeader.decode(rest) else { break }
                if header.mask != nil { throw WebSocketProtocolError("a frame of the server is masked") }
                try self.checkLength(header.payloadLength, of: header.opcode)
                let end = header.length + header.payloadLength
                guard rest.count >= end else { break }
                index += end
                try self.read(header, UnsafeRawBufferPointer(rebasing: rest[header.length..<end]))
            }
        } catch let error as WebSocketProtocolError {
            self.fail(error)
            return bytes.count
        } catch {
            preconditionFailure("only protocol errors are thrown here: \(error)")
        }
        return index
    }

    private func read(
        _ header: WebSocketFrameHeader, _ payload: UnsafeRawBufferPointer
    ) throws(WebSocketProtocolError) {
        switch header.opcode {
        case .text, .binary:
            if self.fragmentKind != nil { throw WebSocketProtocolError("a new message begins inside a fragmented one") }
            if header.isFinal {
                try self.deliver(header.opcode, payload)
            } else {
                self.fragmentKind = header.opcode
                self.fragments.writeBytes(payload)
            }
        case .continuation:
            guard let kind = self.fragmentKind else {
                throw WebSocketProtocolError("a continuation frame continues nothing")
            }
            try self.checkLength(self.fragments.readableBytes + payload.count, of: kind)
            self.fragments.writeBytes(payload)
            if header.isFinal {
                let message = self.fragments
                self.fragments = ByteBuffer()
                self.fragmentKind = nil
                try message.withUnsafeReadableBytes { bytes throws(WebSocketProtocolError) in
                    try self.deliver(kind, bytes)
                }
            }
        case .ping:
            self.write(.pong, prefix: nil, payload)
        case .pong:
            break
        case .close:
            try self.closeReceived(payload)
        }
    }

    private func checkLength(_ length: Int, of opcode: WebSocketOpcode) throws(WebSocketProtocolError) {
        // A text has its packet's type before the message.
        let length = opcode == .binary ? length : length - 1
        if length > self.maximumMessageSize {
            throw WebSocketProtocolError(
                code: WebSocketCloseCode.messageTooBig,
                ClientConfiguration.limitText(length, self.maximumMessageSize))
        }
    }

    private func deliver(
        _ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer
    ) throws(WebSocketProtocolError) {
        if opcode == .binary {
            self.session.webSocketReceived(binary: payload)
            return
        }
        if let offset = UTF8Validation.firstInvalidOffset(payload) {
            throw WebSocketProtocolError(
                code: WebSocketCloseCode.invalidPayload, "a text message is not UTF-8 at byte \(offset)")
        }
        self.session.webSocketReceived(text: payload)
    }

    private func closeReceived(_ payload: UnsafeRawBufferPointer) throws(WebSocketProtocolError) {
        var detail = DisconnectDetail(.webSocketClose)
        if payload.count == 1 { throw WebSocketProtocolError("a Close frame has half a status code") }
        if payload.count >= 2 {
            let code = UInt16(bigEndian: payload.loadUnaligned(as: UInt16.self))
            let reason = UnsafeRawBufferPointer(rebasing: payload[2...])
            guard WebSocketCloseCode.mayBeSent(code) else {
                throw WebSocketProtocolError("a Close frame has the status code \(code), which none may have")
            }
            if UTF8Validation.firstInvalidOffset(reason) != nil {
                throw WebSocketProtocolError(
                    code: WebSocketCloseCode.invalidPayload, "the reason of a Close frame is not UTF-8")
            }
            detail.webSocketCode = Int(code)
            detail.webSocketReason = String(decoding: reason, as: UTF8.self)
        }
        detail.message = "the server closed the websocket"
        if let code = detail.webSocketCode {
            let reason = detail.webSocketReason ?? ""
            detail.message = "the server closed the websocket with code \(code)\(reason.isEmpty ? "" : ", \(reason)")"
        }
        if self.state == .open {
            self.write(.close, prefix: nil, UnsafeRawBufferPointer(rebasing: payload.prefix(2)))
            self.flush()
        }
        self.end(detail)
    }

    private func fail(_ error: WebSocketProtocolError) {
        var detail = DisconnectDetail(.parse, message: error.description)
        detail.webSocketCode = Int(error.code)
        self.writeClose(code: error.code)
        self.flush()
        self.end(detail)
    }

    // MARK: Writing

    /// Collects one frame; it is written at the end of the read, or when the loop has run what it is at.
    @inline(__always)
    func write(
        _ opcode: WebSocketOpcode, prefix: UInt8?, _ payload: UnsafeRawBufferPointer, isMessage: Bool = false
    ) {
        if isMessage { self.backlog.framed += 1 }
        // Nothing may follow a Close frame (RFC 6455, section 5.5.1).
        guard self.state == .open, self.context != nil else { return }
        var buffer: ByteBuffer
        if let pending = self.pending {
            self.pending = nil
            buffer = pending
        } else {
            buffer = self.loop.takeBuffer()
        }
        buffer.writeWebSocketFrame(opcode, prefix: prefix, payload: payload, mask: self.loop.nextMask())
        let length = buffer.readableBytes
        self.pending = buffer
        if length >= Self.flushThreshold {
            self.flush()
        } else if !self.isReading && !self.isMarked {
            self.isMarked = true
            self.loop.flushSoon(self)
        }
    }

    /// Whether less waits to be written than senders may leave.
    var acceptsMore: Bool { self.isWritable }

    /// Bytes that are not with the system yet.
    var bufferedBytes: Int { (self.pending?.readableBytes ?? 0) + self.bufferedInChannel }

    /// Messages that the system has not taken, or not wholly.
    var unwrittenMessages: Int { self.backlog.unwritten }

    private var bufferedInChannel: Int {
        guard let channel = self.context?.channel, channel.isActive else { return 0 }
        return (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    func flushMarked() {
        self.isMarked = false
        if self.pending != nil { self.flush() }
    }

    private func flush(promise: EventLoopPromise<Void>? = nil) {
        guard let context = self.context else {
            self.pending = nil
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        let buffer = self.pending ?? ByteBuffer()
        self.pending = nil
        let mark = self.backlog.framed
        // TLS copies what it is given: only it knows when that was written.
        let promise = self.isSecure ? promise ?? self.writePromise(mark) : promise
        self.isFlushing = true
        context.writeAndFlush(Self.wrapOutboundOut(buffer), promise: promise)
        self.isFlushing = false
        let isWritten = self.loop.giveBack(buffer)
        guard !self.isSecure else { return }
        if isWritten { self.backlog.written(upTo: mark) } else { self.awaitWriting(context) }
    }

    private func writePromise(_ mark: Int) -> EventLoopPromise<Void> {
        let promise = self.loop.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess { self.backlog.written(upTo: mark) }
        return promise
    }

    /// The channel holds a part: an empty write behind it tells when that is with the system.
    private func awaitWriting(_ context: ChannelHandlerContext) {
        guard !self.isAwaitingWriting else { return }
        self.isAwaitingWriting = true
        let mark = self.backlog.framed
        let promise = self.loop.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess {
            self.isAwaitingWriting = false
            self.backlog.written(upTo: mark)
            if self.backlog.unwritten > 0, let context = self.context { self.awaitWriting(context) }
        }
        context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer()), promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.isWritable = context.channel.isWritable
        if self.isWritable {
            self.later { $0.session.webSocketWritable() }
        }
    }

    func setReading(_ isOn: Bool) {
        self.context?.channel.setOption(.autoRead, value: isOn).whenFailure { _ in }
    }

    // MARK: Closing

    private func writeClose(code: UInt16) {
        withUnsafeBytes(of: code.bigEndian) { self.write(.close, prefix: nil, $0) }
    }

    /// Says goodbye on both levels behind all that is queued, waits for the server's Close frame, and closes.
    ///
    /// - Parameter timeout: how long the writing may take; the server's answer then has
    ///   ``ClientSession/farewell``. nil closes the connection without waiting for anything.
    func close(timeout: TimeAmount?) {
        guard self.state == .open else { return }
        guard let context = self.context else { return self.end(DisconnectDetail(.client)) }
        self.write(.text, prefix: PacketType.close.rawValue, UnsafeRawBufferPointer(start: nil, count: 0))
        self.writeClose(code: WebSocketCloseCode.normal)
        guard let timeout else {
            self.flush()
            return self.end(DisconnectDetail(.client))
        }
        self.state = .closing
        self.endAfter(timeout)
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess {
            self.backlog.written(upTo: self.backlog.framed)
            self.endAfter(min(timeout, ClientSession.farewell))
        }
        self.flush(promise: promise)
        // A closing client reads on, or the server's Close frame would never be seen.
        self.setReading(true)
    }

    private func endAfter(_ amount: TimeAmount) {
        guard self.state == .closing else { return }
        self.closeTimer?.cancel()
        self.closeTimer = self.loop.eventLoop.assumeIsolated().scheduleTask(in: amount) {
            self.end(DisconnectDetail(.client))
        }
    }

    /// Drops the connection without a word: the session goes on without it, or is over already.
    func drop() {
        self.state = .closed
        self.closeTimer?.cancel()
        self.pending = nil
        self.context?.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if self.failure == nil { self.failure = error }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { self.connectionLost() }

    private func connectionLost() {
        var detail = DisconnectDetail(.eof, message: "the connection was closed without a Close frame")
        if let failure = self.failure {
            detail = DisconnectDetail(ErrorText.cause(of: failure), message: ErrorText.of(failure))
        }
        self.end(detail)
    }

    private func end(_ detail: DisconnectDetail) {
        guard self.state != .closed else { return }
        self.drop()
        self.later { $0.session.webSocketClosed(detail) }
    }

    /// The system may report a lost connection from within a write, and a write may come from within the script:
    /// the session must not call the script then.
    private func later(_ body: @escaping (WebSocketHandler) -> Void) {
        if self.isFlushing {
            self.loop.eventLoop.assumeIsolated().execute { body(self) }
        } else {
            body(self)
        }
    }
}

extension WebSocketHandler: RemovableChannelHandler {}
