import EngineIO
import EpollLoop
import NIOCore

/// The frames of one websocket: the hot path.
///
/// Frames are read straight from the received buffer and messages are handed on as pointers into it; all that is sent
/// during one read goes into one buffer, which is written when the loop has read what is ready.
final class WebSocketHandler {
    /// Released when the session ends, with this handler.
    let session: ClientSession
    let loop: ClientLoop
    let carrier: Carrier
    @exclusivity(unchecked) private var frames: WebSocketFrameReader
    /// Until the server has agreed to talk in frames.
    var handshaking: WebSocketHandshake?
    @exclusivity(unchecked) private(set) var channel: (any Channel)?

    /// Bytes that were received and not read: the start of a frame whose end has not come, or everything that is held
    /// back. Not checked for overlapping accesses, as those below: nothing is called while one is open.
    @exclusivity(unchecked) var partial = ByteBuffer()
    /// How much may still be read in this turn of the loop; spent while reading is held back, or the handler is closed.
    @exclusivity(unchecked) var budget = TurnBudget()
    @exclusivity(unchecked) var holds: ReadingHolds = []
    /// Whether the socket is read.
    var isSocketRead = true
    var backlog = WriteBacklog()

    let output: FrameWriter
    @exclusivity(unchecked) var pongs = WaitingPongs()
    private(set) var isReading = false
    /// Whether less waits to be written than senders may leave.
    var acceptsMore = true

    enum State {
        case open
        /// The close handshake follows when the system has everything that was sent before.
        case draining
        /// A Close frame was sent.
        case closing
        case closed
    }
    var state = State.open {
        didSet { if self.state == .closed { self.budget = .spent } }
    }
    /// The end of the connection, once it has come.
    var loss: ConnectionLoss?
    var closeTimer: Scheduled<Void>?

    init(_ session: ClientSession) {
        let context = session.context
        self.session = session
        self.loop = context.loop
        self.carrier = Carrier(.websocket, context.observer)
        self.frames = WebSocketFrameReader(
            side: .client, maximumMessageSize: context.configuration.maximumMessageSize)
        self.output = FrameWriter(loop: context.loop, traffic: self.carrier.traffic)
    }

    /// The frames come and go by `channel` from now on: past its pipeline if nothing in there is needed.
    func take(_ channel: any Channel, isSecure: Bool) {
        if let socket = channel as? SocketChannel, !isSecure {
            self.channel = channel
            self.output.attach(socket, owner: self)
            socket.readDirectly(self)
        } else {
            try? channel.pipeline.syncOperations.addHandler(self)
        }
    }

    func attach(_ channel: any Channel) {
        self.channel = channel
        self.output.attach(channel, owner: self)
    }

    func detach() {
        self.channel = nil
        self.output.detach()
    }

    // MARK: Reading

    /// Reads what the server sent right behind its answer to the handshake. Where it has closed the connection since,
    /// this handler is in no pipeline.
    ///
    /// - Parameter failure: what went wrong with the connection since the answer.
    func start(_ bytesBehindAnswer: ByteBuffer, failure: (any Error)?) {
        self.loss = failure.map { .failed($0) }
        if bytesBehindAnswer.readableBytes > 0 {
            bytesBehindAnswer.withUnsafeReadableBytes { self.read($0) }
            self.readCompleted()
        }
        if self.channel == nil { self.connectionLost() }
    }

    /// - Parameter bytes: what was received: valid during the call only.
    func read(_ bytes: UnsafeRawBufferPointer) {
        self.isReading = true
        self.carrier.traffic.pointee.bytesReceived &+= bytes.count
        if self.partial.readableBytes > 0 || self.budget.isSpent { return self.readBehindPartial(bytes) }
        let used = self.readFrames(bytes)
        if used < bytes.count { self.keep(UnsafeRawBufferPointer(rebasing: bytes[used...])) }
    }

    private func readBehindPartial(_ bytes: UnsafeRawBufferPointer) {
        if self.budget.isSpent { return self.keep(bytes) }
        // Moved to a local while the script runs: it must not be borrowed then.
        var joined = self.partial
        self.partial = ByteBuffer()
        joined.writeBytes(bytes)
        self.readJoined(&joined)
    }

    /// Reads ``partial``, which the caller has moved to `joined`; what is left of it becomes ``partial`` again.
    func readJoined(_ joined: inout ByteBuffer) {
        let used = joined.withUnsafeReadableBytes { self.readFrames($0) }
        guard used < joined.readableBytes, self.state != .closed else { return }
        joined.moveReaderIndex(forwardBy: used)
        if joined.readableBytes > FrameWriter.flushThreshold {
            if joined.readerIndex > joined.readableBytes { joined.discardReadBytes() }
            self.partial = joined
        } else {
            self.partial.writeBuffer(&joined)
        }
        if self.budget.isSpent { self.isHeldBack() }
    }

    private func keep(_ bytes: UnsafeRawBufferPointer) {
        guard self.state != .closed else { return }
        self.partial.writeBytes(bytes)
        if self.budget.isSpent { self.isHeldBack() }
    }

    /// A turn that goes on with what is held back begins: ``readCompleted()`` ends it.
    func turnBegins() {
        self.isReading = true
        self.budget = TurnBudget()
    }

    func readCompleted() {
        self.isReading = false
        if self.holds.isEmpty, self.state != .closed { self.budget = TurnBudget() }
        if self.pongs.isDue { self.writePongs() }
        if self.output.count > 0 { self.output.flushSoon() }
    }

    /// Reads complete frames, as many as the budget allows, and returns how many bytes they had.
    private func readFrames(_ bytes: UnsafeRawBufferPointer) -> Int {
        var index = 0
        do throws(WebSocketProtocolError) {
            while !self.budget.isSpent {
                if let message = self.frames.shortMessage(bytes, at: index) {
                    let payload = UnsafeRawBufferPointer(rebasing: bytes[message.start..<message.end])
                    self.budget.take(message.end - index)
                    index = message.end
                    try self.deliver(message.opcode, payload)
                    continue
                }
                guard let end = try self.readFrame(bytes, from: index) else { break }
                index = end
            }
        } catch {
            self.fail(error)
            return bytes.count
        }
        return index
    }

    /// Reads any frame; short messages are read without this. Returns where it ends, nil if it is not complete.
    @inline(never)
    private func readFrame(
        _ bytes: UnsafeRawBufferPointer, from index: Int
    ) throws(WebSocketProtocolError) -> Int? {
        guard let (event, length) = try self.frames.next(UnsafeRawBufferPointer(rebasing: bytes[index...])) else {
            return nil
        }
        self.budget.take(length)
        try self.received(event)
        return index + length
    }

    private func received(_ event: WebSocketFrameReader.Event) throws(WebSocketProtocolError) {
        switch event {
        case .message(let opcode, let payload):
            try self.deliver(opcode, payload.bytes)
        case .joined(let opcode, let message):
            try message.withUnsafeReadableBytes { bytes throws(WebSocketProtocolError) in
                try self.deliver(opcode, bytes)
            }
        case .fragment:
            break
        case .ping(let payload):
            self.session.observer.trace?.frame(.received, .ping, payload.bytes)
            self.pongs.pinged(.frame, payload.bytes)
        case .pong(let payload):
            self.session.observer.trace?.frame(.received, .pong, payload.bytes)
        case .close(let payload):
            try self.closeReceived(payload.bytes)
        }
    }

    private func deliver(
        _ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer
    ) throws(WebSocketProtocolError) {
        if opcode == .binary {
            self.session.received(binary: payload, by: self)
            return
        }
        if let offset = UTF8Validation.firstInvalidOffset(payload) { throw Self.invalidText(at: offset) }
        self.session.received(text: payload, by: self)
    }

    /// Apart, so that the code of a valid message is short.
    @inline(never)
    private static func invalidText(at offset: Int) -> WebSocketProtocolError {
        WebSocketProtocolError(
            code: WebSocketCloseCode.invalidPayload, "a text message is not UTF-8 at byte \(offset)")
    }

    private func closeReceived(_ payload: UnsafeRawBufferPointer) throws(WebSocketProtocolError) {
        self.session.observer.trace?.frame(.received, .close, payload)
        let detail = DisconnectDetail(try WebSocketCloseFrame(payload))
        if self.mayWrite {
            self.writeControl(.close, UnsafeRawBufferPointer(rebasing: payload.prefix(2)))
            self.output.flush()
        }
        self.end(detail)
    }

    private func fail(_ error: WebSocketProtocolError) {
        var detail = DisconnectDetail(.parse, message: error.description)
        detail.webSocketCode = Int(error.code)
        self.writeClose(code: error.code)
        self.output.flush()
        self.end(detail)
    }
}
