import EngineIO
import EpollLoop
import NIOCore

/// The frames of one websocket: the hot path.
///
/// Frames are read straight from the received buffer and messages are handed on as pointers into it; all that is sent
/// during one read goes into one buffer, which is written when the loop has read what is ready.
final class WebSocketHandler {
    private let loop: ClientLoop
    private let traffic: UnsafeMutablePointer<TrafficCounts>
    private let maximumMessageSize: Int
    private let isSecure: Bool
    /// The session lets go of its handler when it ends.
    private let session: ClientSession
    @exclusivity(unchecked) private var channel: (any Channel)?

    /// The start of a frame whose end has not come. Not checked for overlapping accesses, as nothing is called while one is open.
    @exclusivity(unchecked) private var partial = ByteBuffer()
    private var fragments = ByteBuffer()
    private var fragmentKind: WebSocketOpcode?

    private let output: FrameWriter
    private var isReading = false
    /// Those that may still come before the loop is told what a read touches: most connections are idle.
    private var readsUntilBusy = 32
    private var isMarked = false
    private var isWritable = true

    private enum State {
        case open
        /// The goodbye follows when the system has what was sent before.
        case leaving
        /// A Close frame was sent.
        case closing
        case closed
    }
    private var state = State.open
    private var failure: (any Error)?
    private var closeTimer: Scheduled<Void>?

    init(
        session: ClientSession, loop: ClientLoop, traffic: UnsafeMutablePointer<TrafficCounts>, maximumMessageSize: Int,
        isSecure: Bool
    ) {
        self.session = session
        self.loop = loop
        self.traffic = traffic
        self.maximumMessageSize = maximumMessageSize
        self.isSecure = isSecure
        self.output = FrameWriter(loop: loop, traffic: traffic)
    }

    /// The frames come and go by `channel` from now on: past its pipeline where nothing in there is needed.
    func take(_ channel: any Channel) {
        if let socket = channel as? SocketChannel, !self.isSecure {
            self.attach(socket)
            socket.readDirectly(self)
        } else {
            try? channel.pipeline.syncOperations.addHandler(self)
        }
    }

    func attach(_ channel: any Channel) {
        self.channel = channel
        self.output.attach(channel, isSecure: self.isSecure)
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
        self.failure = failure
        if bytesBehindAnswer.readableBytes > 0 {
            bytesBehindAnswer.withUnsafeReadableBytes { self.read($0) }
            self.readCompleted()
        }
        if self.channel == nil { self.connectionLost() }
    }

    /// - Parameter bytes: what was received: valid during the call only.
    func read(_ bytes: UnsafeRawBufferPointer) {
        self.isReading = true
        self.traffic.pointee.websocket.bytesReceived &+= bytes.count
        if self.partial.readableBytes > 0 { return self.readBehindPartial(bytes) }
        let used = self.readFrames(bytes)
        if used < bytes.count, self.state != .closed { self.partial.writeBytes(bytes[used...]) }
    }

    private func readBehindPartial(_ bytes: UnsafeRawBufferPointer) {
        // Moved to a local while the script runs: it must not be borrowed then.
        var joined = self.partial
        self.partial = ByteBuffer()
        joined.writeBytes(bytes)
        let used = joined.withUnsafeReadableBytes { self.readFrames($0) }
        guard used < joined.readableBytes, self.state != .closed else { return }
        joined.moveReaderIndex(forwardBy: used)
        if joined.readableBytes > FrameWriter.flushThreshold {
            joined.discardReadBytes()
            self.partial = joined
        } else {
            self.partial.writeBuffer(&joined)
        }
    }

    func readCompleted() {
        self.isReading = false
        self.readsUntilBusy -= 1
        if self.readsUntilBusy == 0 { self.becameBusy() }
        if self.output.count > 0 { self.flushSoon() }
    }

    private func becameBusy() {
        guard let socket = self.channel as? SocketChannel else { return }
        socket.expectUse(of: [.init(of: self), .init(of: self.output)] + self.session.hotMemory)
    }

    /// Reads all complete frames and returns how many bytes they had.
    private func readFrames(_ bytes: UnsafeRawBufferPointer) -> Int {
        var index = 0
        do {
            while self.state != .closed {
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
            self.session.trace?.frame(.received, .ping, payload)
            self.writeControl(.pong, payload)
        case .pong:
            self.session.trace?.frame(.received, .pong, payload)
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
        self.session.trace?.frame(.received, .close, payload)
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

    // MARK: Writing

    /// Collects one frame; it is written when the loop has run what it is at.
    @inline(__always)
    func write(
        _ opcode: WebSocketOpcode, prefix: UInt8?, _ payload: UnsafeRawBufferPointer, isMessage: Bool = false
    ) {
        if isMessage { self.output.countMessage() }
        // Nothing may follow a Close frame (RFC 6455, section 5.5.1).
        guard self.mayWrite, self.channel != nil else { return }
        self.output.append(opcode, prefix: prefix, payload)
        if self.output.count >= FrameWriter.flushThreshold {
            self.output.flush()
        } else if !self.isReading {
            self.flushSoon()
        }
    }

    private func flushSoon() {
        guard !self.isMarked else { return }
        self.isMarked = true
        self.loop.flushSoon(self)
    }

    private func writeControl(_ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer) {
        if self.mayWrite, self.channel != nil { self.session.trace?.frame(.sent, opcode, payload) }
        self.write(opcode, prefix: nil, payload)
    }

    @inline(__always)
    private var mayWrite: Bool { self.state == .open || self.state == .leaving }

    /// Whether less waits to be written than senders may leave.
    var acceptsMore: Bool { self.isWritable }

    /// Bytes that are not with the system yet.
    var bufferedBytes: Int { self.output.bufferedBytes }

    func whenDrained(_ body: @escaping () -> Void) { self.output.whenDrained(body) }

    /// Messages that the system has not taken, or not wholly.
    var unwrittenMessages: Int { self.output.unwrittenMessages }

    func flushMarked() {
        self.isMarked = false
        if self.output.count > 0 { self.output.flush() }
    }

    /// Adds what is collected to `batch`, where that can be: ``flushed(_:)`` has to follow where it has a result, else
    /// ``flushMarked()``.
    func flushMarked(by batch: SocketBatch, at place: Int) {
        if self.output.count > 0 { self.output.flush(by: batch, at: place) }
    }

    func flushed(_ result: Int) {
        self.isMarked = false
        self.output.flushed(result)
    }

    func writabilityChanged(_ isWritable: Bool) {
        self.isWritable = isWritable
        if isWritable { self.later { $0.session.webSocketWritable() } }
    }

    func setReading(_ isOn: Bool) {
        if let socket = self.channel as? SocketChannel {
            socket.setAutoRead(isOn)
        } else {
            self.channel?.setOption(.autoRead, value: isOn).whenFailure { _ in }
        }
    }

    // MARK: Closing

    private func writeClose(code: UInt16) {
        withUnsafeBytes(of: code.bigEndian) { self.writeControl(.close, $0) }
    }

    /// Says goodbye on both levels behind all that is queued, waits for the server's Close frame, and closes.
    ///
    /// - Parameter timeout: how long the writing may take; the server's answer then has
    ///   ``ClientSession/farewell``. nil closes the connection without waiting for anything.
    func close(timeout: TimeAmount?) {
        guard self.state == .open else { return }
        guard self.channel != nil else { return self.end(DisconnectDetail(.client)) }
        guard let timeout else {
            self.writeGoodbye()
            self.output.flush()
            return self.end(DisconnectDetail(.client))
        }
        // A closing client reads on, or the server's Close frame would never be seen.
        self.setReading(true)
        guard self.output.isBehind else { return self.sayGoodbye(timeout: timeout) }
        // A pong may not follow a Close frame: until that is with the system, pings are answered in front of it.
        self.state = .leaving
        self.endAfter(timeout)
        self.output.flush()
        self.output.whenDrained {
            if self.state == .leaving { self.sayGoodbye(timeout: timeout) }
        }
    }

    private func sayGoodbye(timeout: TimeAmount) {
        guard let channel = self.channel else { return }
        self.writeGoodbye()
        self.state = .closing
        self.endAfter(timeout)
        let promise = channel.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess {
            self.endAfter(min(timeout, ClientSession.farewell))
        }
        self.output.flush(promise: promise)
    }

    private func writeGoodbye() {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        self.session.trace?.packet(.sent, .websocket, .close, nothing)
        self.write(.text, prefix: PacketType.close.rawValue, nothing)
        self.writeClose(code: WebSocketCloseCode.normal)
    }

    private func endAfter(_ amount: TimeAmount) {
        guard self.state == .closing || self.state == .leaving else { return }
        self.closeTimer?.cancel()
        self.closeTimer = self.loop.eventLoop.assumeIsolated().scheduleTask(in: amount) {
            self.end(DisconnectDetail(.client))
        }
    }

    /// Drops the connection without a word: the session goes on without it, or is over already.
    func drop() {
        self.state = .closed
        self.closeTimer?.cancel()
        self.closeChannel()
    }

    private func closeChannel() {
        let channel = self.channel
        self.detach()
        channel?.close(promise: nil)
    }

    /// What is left to say comes with ``connectionClosed()``.
    func readFailed(_ error: any Error) {
        if self.failure == nil { self.failure = error }
        self.output.detach()
    }

    func connectionClosed() {
        self.detach()
        self.connectionLost()
    }

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
        if self.output.isFlushing {
            self.loop.eventLoop.assumeIsolated().execute { body(self) }
        } else {
            body(self)
        }
    }
}
