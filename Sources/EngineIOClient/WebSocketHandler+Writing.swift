import EngineIO
import EpollLoop
import NIOCore

/// Everything that is sent.
extension WebSocketHandler {
    @inline(__always)
    func send(_ kind: MessageKind, _ bytes: UnsafeRawBufferPointer, mayWait: Bool) -> SendResult {
        if !mayWait && !self.acceptsMore { return .refused }
        if self.session.watchesPackets { self.session.watch(.sent, kind, bytes, by: self.carrier) }
        self.writeMessage(kind, bytes)
        self.carrier.traffic.pointee.accepted &+= 1
        if self.acceptsMore { return .sent }
        self.holdIfFarBehind()
        return .full
    }

    @inline(__always)
    private func writeMessage(_ kind: MessageKind, _ bytes: UnsafeRawBufferPointer) {
        self.output.countMessage()
        let isText = kind == .text
        self.write(isText ? .text : .binary, prefix: isText ? PacketType.message.rawValue : nil, bytes)
    }

    /// Collects one frame; it is written when the loop has run what is under way.
    @inline(__always)
    func write(_ opcode: WebSocketOpcode, prefix: UInt8?, _ payload: UnsafeRawBufferPointer) {
        // Nothing may follow a Close frame (RFC 6455, section 5.5.1).
        guard self.mayWrite, self.channel != nil else { return }
        // In the order of the pings and messages that they answer, as far as they are not held up.
        if self.pongs.isDue { self.writePongs() }
        self.output.append(opcode, prefix: prefix, payload)
        if self.output.count >= FrameWriter.flushThreshold {
            self.output.flush()
        } else if !self.isReading {
            self.output.flushSoon()
        }
    }

    /// A packet that is not a message.
    func writePacket(_ type: PacketType, _ data: UnsafeRawBufferPointer = .init(start: nil, count: 0)) {
        self.session.observer.trace?.packet(.sent, self.carrier.name, type, data)
        self.write(.text, prefix: type.rawValue, data)
    }

    func writeControl(_ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer) {
        if self.mayWrite, self.channel != nil { self.session.observer.trace?.frame(.sent, opcode, payload) }
        self.write(opcode, prefix: nil, payload)
    }

    @inline(__always)
    var mayWrite: Bool { self.state == .open || self.state == .draining }

    // MARK: Pongs

    func sendPong(_ data: UnsafeRawBufferPointer) { self.pongs.pinged(.packet, data) }

    func writePongs() {
        self.pongs.isDue = false
        // Each is noted before it is written, because the loop may flush at once.
        if let data = self.pongs.packet.next() {
            self.output.collectsPong(.packet)
            data.withUnsafeReadableBytes {
                self.session.observer.log("Sending", .pong)
                self.writePacket(.pong, $0)
            }
        }
        if let data = self.pongs.frame.next() {
            self.output.collectsPong(.frame)
            data.withUnsafeReadableBytes { self.writeControl(.pong, $0) }
        }
    }

    /// The system has pongs that were written: those to the latest pings may follow.
    func pongsTaken(_ kinds: PongKinds) {
        self.pongs.taken(kinds)
        self.writePongs()
    }

    // MARK: Unwritten bytes

    var bufferedBytes: Int { self.output.bufferedBytes }

    var unwrittenMessages: Int { self.output.unwrittenMessages }

    func whenDrained(_ body: @escaping () -> Void) { self.output.whenDrained(body) }

    func writabilityChanged(_ isWritable: Bool) {
        self.acceptsMore = isWritable
        if isWritable {
            self.release(.unwritten)
            self.later { $0.session.writable() }
        } else {
            self.becameUnwritable()
        }
    }
}
