import EngineIO
import NIOCore

extension ServerWebSocketHandler {
    /// Reads all complete frames in `bytes`.
    ///
    /// - Returns: how many bytes they have.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        var index = 0
        do throws(WebSocketProtocolError) {
            while self.phase == .open || self.phase == .closing,
                let frame = try self.frames.next(UnsafeRawBufferPointer(rebasing: bytes[index...]))
            {
                index += frame.length
                try self.received(frame.event)
            }
        } catch {
            self.fail(error)
        }
        return index
    }

    private func received(_ event: WebSocketFrameReader.Event) throws(WebSocketProtocolError) {
        if case .close(let payload) = event { return try self.closeReceived(payload.unmasked) }
        guard self.phase == .open else { return }
        switch event {
        case .message(let opcode, let payload):
            if self.canEcho(opcode, payload) {
                try self.echo(opcode, payload)
            } else {
                try self.message(opcode, payload.unmasked)
            }
        case .joined(let opcode, let message):
            try self.message(opcode, message)
        case .ping(let payload):
            payload.unmasked.withUnsafeReadableBytes { self.sendFrame(.pong, $0) }
        case .fragment, .pong, .close:
            break
        }
    }

    // MARK: Echo

    /// Whether this is a message that goes back as it came: nothing of it needs to be read but its type.
    private func canEcho(_ opcode: WebSocketOpcode, _ payload: WebSocketPayload) -> Bool {
        guard self.server.onlyEchoes, self.role == .session else { return false }
        return opcode == .binary || payload.first == PacketType.message.rawValue
    }

    /// Unmasks a message straight into the reply.
    private func echo(
        _ opcode: WebSocketOpcode, _ payload: WebSocketPayload
    ) throws(WebSocketProtocolError) {
        guard self.replies.writeEcho(opcode, payload) else { throw Self.invalidText }
        let length = payload.bytes.count
        self.server.statistics.echoed(opcode == .text ? length - 1 : length)
    }

    private static var invalidText: WebSocketProtocolError {
        WebSocketProtocolError(code: WebSocketCloseCode.invalidPayload, "a text message is not UTF-8")
    }

    // MARK: Packets

    /// A whole message: a packet as text, or the data of a binary message.
    private func message(_ opcode: WebSocketOpcode, _ data: ByteBuffer) throws(WebSocketProtocolError) {
        guard let session = self.session else { return }
        if opcode == .text, !data.isUTF8 { throw Self.invalidText }
        data.withUnsafeReadableBytes { bytes in
            switch (opcode, self.role) {
            case (.binary, .session):
                _ = session.received(.binary(data))
            case (_, .session):
                guard let packet = try? ReceivedPacket(bytes) else { return session.breach() }
                _ = session.received(packet)
            case (.text, .probe):
                guard case .packet(let type, let content) = try? ReceivedPacket(bytes) else {
                    return session.probeReceived(nil, isProbe: false)
                }
                let probe = UnsafeRawBufferPointer(start: Packet.probe.utf8Start, count: Packet.probe.utf8CodeUnitCount)
                session.probeReceived(type, isProbe: content.elementsEqual(probe))
            case (_, .probe):
                session.probeReceived(nil, isProbe: false)
            }
        }
    }
}

extension ByteBuffer {
    /// Appends the final frame whose payload is that of a client's frame.
    ///
    /// - Returns: false, and nothing is appended, if a text is not UTF-8.
    fileprivate mutating func writeEcho(_ opcode: WebSocketOpcode, _ payload: WebSocketPayload) -> Bool {
        let count = payload.bytes.count
        let written = self.writeWithUnsafeMutableBytes(minimumWritableBytes: count + webSocketFrameOverhead) { target in
            guard let base = target.baseAddress else { return 0 }
            let headerLength = writeWebSocketHeader(opcode, payloadLength: count, mask: nil, to: base)
            let unmasked = base + headerLength
            copyMasked(payload.bytes, to: unmasked, mask: payload.mask)
            let reply = UnsafeRawBufferPointer(start: unmasked, count: count)
            if opcode == .text, UTF8Validation.firstInvalidOffset(reply) != nil { return 0 }
            return headerLength + count
        }
        return written > 0
    }

    fileprivate var isUTF8: Bool {
        self.withUnsafeReadableBytes { UTF8Validation.firstInvalidOffset($0) == nil }
    }
}
