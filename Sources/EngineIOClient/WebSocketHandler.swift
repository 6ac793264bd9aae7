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
    private let maximumMessageSize: Int
    /// Until the server has agreed to talk in frames.
    var handshaking: WebSocketHandshake?
    @exclusivity(unchecked) private(set) var channel: (any Channel)?

    /// Bytes that were received and not read: the start of a frame whose end has not come, or everything that is held back. Not
    /// checked for overlapping accesses, as those below: nothing is called while one is open.
    @exclusivity(unchecked) var partial = ByteBuffer()
    /// How much may still be read in this turn of the loop; spent while reading is held back, or the handler is closed.
    @exclusivity(unchecked) var budget = TurnBudget()
    @exclusivity(unchecked) var holds: ReadingHolds = []
    /// Whether the socket is read.
    var isSocketRead = true
    var backlog = WriteBacklog()
    private var fragments = ByteBuffer()
    private var fragmentKind: WebSocketOpcode?

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
    var loss = ConnectionLoss()
    var closeTimer: Scheduled<Void>?

    init(_ session: ClientSession) {
        let context = session.context
        self.session = session
        self.loop = context.loop
        self.carrier = Carrier(.websocket, context.observer)
        self.maximumMessageSize = context.configuration.maximumMessageSize
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
        self.loss.error = failure
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
        do {
            while !self.budget.isSpent {
                if let end = try self.readPlainFrame(bytes, from: index) {
                    index = end
                    continue
                }
                let rest = UnsafeRawBufferPointer(rebasing: bytes[index...])
                guard let header = try WebSocketFrameHeader.decode(rest) else { break }
                if header.mask != nil { throw WebSocketProtocolError("a frame of the server is masked") }
                try self.checkLength(header.payloadLength, of: header.opcode)
                let end = header.length + header.payloadLength
                guard rest.count >= end else { break }
                self.budget.take(end)
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

    /// The commonest frame, a whole short message, without the steps that the others need. Returns where it ends.
    @inline(__always)
    private func readPlainFrame(
        _ bytes: UnsafeRawBufferPointer, from index: Int
    ) throws(WebSocketProtocolError) -> Int? {
        guard bytes.count - index >= 2, self.fragmentKind == nil else { return nil }
        let length = Int(bytes[index + 1])
        let end = index + 2 + length
        guard length < 126, bytes.count >= end, length <= self.maximumMessageSize else { return nil }
        let opcode: WebSocketOpcode
        switch bytes[index] {
        case 0x81: opcode = .text
        case 0x82: opcode = .binary
        default: return nil
        }
        self.budget.take(end - index)
        try self.deliver(opcode, UnsafeRawBufferPointer(rebasing: bytes[index + 2..<end]))
        return end
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
                MemoryPages.release(payload)
            }
        case .continuation:
            guard let kind = self.fragmentKind else {
                throw WebSocketProtocolError("a continuation frame continues nothing")
            }
            try self.checkLength(self.fragments.readableBytes + payload.count, of: kind)
            self.fragments.writeBytes(payload)
            // There is a copy now, and nobody reads a frame twice.
            MemoryPages.release(payload)
            if header.isFinal {
                let message = self.fragments
                self.fragments = ByteBuffer()
                self.fragmentKind = nil
                try message.withUnsafeReadableBytes { bytes throws(WebSocketProtocolError) in
                    try self.deliver(kind, bytes)
                }
            }
        case .ping:
            self.session.observer.trace?.frame(.received, .ping, payload)
            self.pongs.pinged(.frame, payload)
        case .pong:
            self.session.observer.trace?.frame(.received, .pong, payload)
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
            self.session.received(binary: payload, by: self)
            return
        }
        if let offset = UTF8Validation.firstInvalidOffset(payload) {
            throw WebSocketProtocolError(
                code: WebSocketCloseCode.invalidPayload, "a text message is not UTF-8 at byte \(offset)")
        }
        self.session.received(text: payload, by: self)
    }

    private func closeReceived(_ payload: UnsafeRawBufferPointer) throws(WebSocketProtocolError) {
        self.session.observer.trace?.frame(.received, .close, payload)
        let detail = try DisconnectDetail(closeFrame: payload)
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
