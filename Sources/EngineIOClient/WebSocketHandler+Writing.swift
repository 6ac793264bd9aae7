import EngineIO
import EpollLoop
import NIOCore

/// What is sent.
extension WebSocketHandler {
    /// Collects one frame; it is written when the loop has run what it is at.
    @inline(__always)
    func write(
        _ opcode: WebSocketOpcode, prefix: UInt8?, _ payload: UnsafeRawBufferPointer, isMessage: Bool = false
    ) {
        if isMessage { self.output.countMessage() }
        // Nothing may follow a Close frame (RFC 6455, section 5.5.1).
        guard self.mayWrite, self.channel != nil else { return }
        // In the order of what they answer, as far as they are not held up.
        if self.isPongDue { self.writePongs() }
        self.output.append(opcode, prefix: prefix, payload)
        if self.output.count >= FrameWriter.flushThreshold {
            self.output.flush()
        } else if !self.isReading {
            self.flushSoon()
        }
    }

    func flushSoon() {
        guard !self.isMarked else { return }
        self.isMarked = true
        self.loop.flushSoon(self)
    }

    func writeControl(_ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer) {
        if self.mayWrite, self.channel != nil { self.session.observer.trace?.frame(.sent, opcode, payload) }
        self.write(opcode, prefix: nil, payload)
    }

    // MARK: Pongs

    /// A ping packet came.
    func answerPing(_ data: UnsafeRawBufferPointer) {
        self.packetPong.pinged(data)
        self.isPongDue = true
    }

    func writePongs() {
        self.isPongDue = false
        if let data = self.packetPong.next() {
            data.withUnsafeReadableBytes {
                self.session.willSend(.pong, $0)
                self.write(.text, prefix: PacketType.pong.rawValue, $0)
            }
            self.output.collectedPong(.packet)
        }
        if let data = self.framePong.next() {
            data.withUnsafeReadableBytes { self.writeControl(.pong, $0) }
            self.output.collectedPong(.frame)
        }
    }

    /// The system has pongs that were written: those to the latest pings may follow.
    func pongsTaken(_ kinds: PongKinds) {
        if kinds.contains(.packet) { self.packetPong.taken() }
        if kinds.contains(.frame) { self.framePong.taken() }
        self.writePongs()
    }

    // MARK: What is written

    @inline(__always)
    var mayWrite: Bool { self.state == .open || self.state == .leaving }

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
        if isWritable {
            self.release(.unwritten)
            self.later { $0.session.webSocketWritable() }
        } else {
            self.becameUnwritable()
        }
    }
}
