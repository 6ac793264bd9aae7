import EngineIO
import NIOCore

/// The websocket side of one connection, straight on its bytes: the hot path of the server.
///
/// Frames are read in the received buffer, and unmasked on their way into the reply. The replies of one read cycle are
/// one buffer and one write.
final class ServerWebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Role {
        /// Carries its session.
        case session
        /// Belongs to a session that is still on polling.
        case probe
    }

    enum Phase {
        case open
        /// Our Close frame is sent; of the client's frames only its own Close counts.
        case closing
        /// The client broke the framing: its bytes are skipped until it has read our Close frame.
        case discarding
        /// Both Close frames are sent: the connection ends with this read cycle.
        case finished
    }

    let server: ServerContext
    private(set) var session: ServerSession?
    private(set) var role = Role.session
    var phase = Phase.open
    /// Whether a read cycle is on, and `replies` goes out at its end.
    private var isReading = false
    var replies = ByteBuffer()
    /// The start of a frame whose rest has not come.
    private var unread = ByteBuffer()
    var frames: WebSocketFrameReader
    private var context: ChannelHandlerContext?
    private var readIsHeld = false

    /// How long a client may take to answer a Close frame.
    private static let closeTimeout = TimeAmount.seconds(2)
    /// How long a client may take from the websocket to the end of its upgrade (engine.io's `upgradeTimeout`).
    private static let upgradeTimeout = TimeAmount.seconds(10)
    private static let floodWritesPerTurn = 8

    init(server: ServerContext) {
        self.server = server
        self.frames = WebSocketFrameReader(
            side: .server, maximumMessageSize: server.configuration.maxPayload)
    }

    // MARK: Opening

    /// - Parameter session: the session that wants to upgrade, or nil to open a new one.
    func start(session: ServerSession?) {
        guard let session else {
            let session = self.server.openSession(.overWebSocket)
            self.session = session
            session.opened(on: self)
            var frame = ByteBuffer()
            Array(session.openPacket.utf8).withUnsafeBytes {
                frame.writeWebSocketFrame(.text, payload: $0, mask: nil)
            }
            self.send(frame)
            self.server.opened(session)
            return self.startFlood()
        }
        self.role = .probe
        // The 101 answer waits in the channel.
        self.context?.flush()
        guard session.probeArrived(on: self) else { return self.close() }
        self.session = session
        self.context?.eventLoop.assumeIsolated().scheduleTask(in: Self.upgradeTimeout) { [weak self] in
            guard let self, self.role == .probe, self.phase == .open else { return }
            self.session?.webSocketClosed(self)
            self.close()
        }
    }

    func upgradeCompleted() {
        self.role = .session
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if self.phase == .discarding { return }
        var input = self.unwrapInboundIn(data)
        if self.unread.readableBytes > 0 {
            self.unread.writeBuffer(&input)
            swap(&self.unread, &input)
            self.unread = ByteBuffer()
        }
        swap(&self.replies, &self.server.replies)
        self.replies.clear()
        self.isReading = true
        let consumed = input.withUnsafeReadableBytes { self.receive($0) }
        self.isReading = false
        input.moveReaderIndex(forwardBy: consumed)
        if input.readableBytes > 0, self.phase != .discarding { self.keep(&input, isOwn: consumed == 0) }
        if self.replies.readableBytes > 0 { context.write(self.wrapOutboundOut(self.replies), promise: nil) }
        if self.replies.capacity > 1 << 18 { self.replies = ByteBuffer() }
        swap(&self.replies, &self.server.replies)
    }

    /// Keeps the start of a frame: by a copy, so that a few bytes do not hold a whole receive buffer.
    private func keep(_ input: inout ByteBuffer, isOwn: Bool) {
        if isOwn {
            self.unread = input
        } else {
            self.unread = ByteBuffer()
            self.unread.writeBuffer(&input)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.finishReadCycle()
    }

    func finishReadCycle() {
        self.server.endOfReadCycle()
        guard let context = self.context else { return }
        guard self.phase == .finished else { return context.flush() }
        let written = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer()), promise: written)
        let channel = context.channel
        written.futureResult.whenComplete { _ in channel.close(promise: nil) }
    }

    /// A client that does not read its echoes is not read either.
    func read(context: ChannelHandlerContext) {
        if context.channel.isWritable || self.server.mode == .flood {
            context.read()
        } else {
            self.readIsHeld = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return }
        if self.readIsHeld {
            self.readIsHeld = false
            context.read()
        }
        self.startFlood()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.phase = .finished
        self.detach()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    // MARK: Sending

    func writeMessage(_ kind: MessageKind, _ data: UnsafeRawBufferPointer) {
        guard self.phase == .open else { return }
        if self.isReading {
            self.replies.writeMessageFrame(kind, data)
        } else {
            var frame = ByteBuffer()
            frame.writeMessageFrame(kind, data)
            self.send(frame)
        }
    }

    func send(_ packet: Packet) {
        packet.data.withUnsafeReadableBytes { data in
            switch packet.type {
            case .message: self.writeMessage(packet.kind, data)
            default: self.sendFrame(.text, prefix: packet.type.rawValue, data)
            }
        }
    }

    func sendPacket(_ type: PacketType, _ data: StaticString = "") {
        self.sendFrame(
            .text, prefix: type.rawValue, UnsafeRawBufferPointer(start: data.utf8Start, count: data.utf8CodeUnitCount))
    }

    func sendFrame(_ opcode: WebSocketOpcode, prefix: UInt8? = nil, _ data: UnsafeRawBufferPointer) {
        if self.isReading {
            self.replies.writeWebSocketFrame(opcode, prefix: prefix, payload: data, mask: nil)
        } else {
            var frame = ByteBuffer()
            frame.writeWebSocketFrame(opcode, prefix: prefix, payload: data, mask: nil)
            self.send(frame)
        }
    }

    /// Sends frames that stand ready.
    func send(_ frames: ByteBuffer) {
        guard let context = self.context, self.phase != .finished else { return }
        context.writeAndFlush(self.wrapOutboundOut(frames), promise: nil)
    }

    /// Ends the connection of a client that does not read the messages of others. A client that does not read its own
    /// echoes is no longer read.
    func closeIfBehind() {
        guard let context = self.context, !context.channel.isWritable else { return }
        let unwritten = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        if unwritten > self.server.configuration.maxQueued { context.close(promise: nil) }
    }

    /// In mode flood, writes messages until the client does not keep up, and again when it does.
    func startFlood() {
        guard self.server.mode == .flood, self.role == .session else { return }
        for _ in 0..<Self.floodWritesPerTurn {
            guard let context = self.context, self.phase == .open, context.channel.isWritable else { return }
            self.server.statistics.sent += self.server.floodMessagesPerWrite
            context.writeAndFlush(self.wrapOutboundOut(self.server.floodFrames), promise: nil)
        }
        // The other clients of this loop come first.
        self.context?.eventLoop.assumeIsolated().execute { self.startFlood() }
    }

    // MARK: Closing

    /// Sends a Close frame and waits a while for the client's.
    func close(code: UInt16 = WebSocketCloseCode.normal) {
        guard self.phase == .open else { return }
        self.sendClose(code)
        self.phase = .closing
        self.endAfterTimeout()
        self.detach()
    }

    /// The client broke the rules of the framing.
    func fail(_ error: WebSocketProtocolError) {
        guard self.phase == .open else {
            self.phase = .discarding
            return
        }
        self.server.statistics.bad += 1
        self.sendClose(error.code)
        self.phase = .discarding
        self.endAfterTimeout()
        self.detach()
    }

    /// The client's Close frame: its code goes back, unless it answers ours.
    func closeReceived(_ payload: ByteBuffer) throws(WebSocketProtocolError) {
        try payload.withUnsafeReadableBytes { bytes throws(WebSocketProtocolError) in
            _ = try WebSocketCloseFrame(bytes)
            if self.phase == .open { self.sendFrame(.close, UnsafeRawBufferPointer(rebasing: bytes.prefix(2))) }
        }
        self.phase = .finished
        self.detach()
    }

    private func sendClose(_ code: UInt16) {
        withUnsafeBytes(of: code.bigEndian) { self.sendFrame(.close, $0) }
    }

    private func endAfterTimeout() {
        guard let channel = self.context?.channel else { return }
        channel.eventLoop.scheduleTask(in: Self.closeTimeout) { channel.close(promise: nil) }
    }

    private func detach() {
        let session = self.session
        self.session = nil
        session?.webSocketClosed(self)
    }
}
