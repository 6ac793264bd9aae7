import EngineIO
import NIOCore

extension ServerWebSocketHandler {
    /// Reads all whole frames in `bytes`.
    ///
    /// - Returns: how many bytes they were.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        var index = 0
        do throws(WebSocketProtocolError) {
            while self.phase == .open || self.phase == .closing {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[index...])
                guard let header = try WebSocketFrameHeader.decode(rest) else { break }
                guard let mask = header.mask else { throw WebSocketProtocolError("a client's frame is not masked") }
                let assembled = header.opcode.isControl ? 0 : self.fragments?.data.readableBytes ?? 0
                if header.payloadLength > self.server.configuration.maxPayload - assembled {
                    throw WebSocketProtocolError(
                        code: WebSocketCloseCode.messageTooBig, "a message is longer than maxPayload")
                }
                let length = header.length + header.payloadLength
                guard rest.count >= length else { break }
                try self.frame(header, mask, UnsafeRawBufferPointer(rebasing: rest[header.length..<length]))
                index += length
            }
        } catch {
            self.fail(error)
        }
        return index
    }

    private func frame(
        _ header: WebSocketFrameHeader, _ mask: UInt32, _ payload: UnsafeRawBufferPointer
    ) throws(WebSocketProtocolError) {
        if self.phase == .closing, header.opcode != .close { return }
        switch header.opcode {
        case .text, .binary:
            if self.fragments != nil { throw WebSocketProtocolError("a message begins within a fragmented one") }
            if !header.isFinal {
                self.fragments = (header.opcode, payload.unmasked(mask))
            } else if self.canEcho(header.opcode, mask, payload) {
                try self.echo(header.opcode, mask, payload)
            } else {
                try self.message(header.opcode, payload.unmasked(mask))
            }
        case .continuation:
            guard var message = self.fragments else {
                throw WebSocketProtocolError("a continuation frame without a message")
            }
            self.fragments = nil
            message.data.writeUnmasked(payload, mask)
            if header.isFinal {
                try self.message(message.opcode, message.data)
            } else {
                self.fragments = message
            }
        case .ping:
            payload.unmasked(mask).withUnsafeReadableBytes { self.sendFrame(.pong, $0) }
        case .pong:
            break
        case .close:
            if payload.count == 1 { throw WebSocketProtocolError("a Close frame has one byte") }
            payload.unmasked(mask).withUnsafeReadableBytes { self.closeReceived($0) }
        }
    }

    // MARK: Echo

    /// Whether this is a message that goes back as it came: nothing of it needs to be looked at but its type.
    private func canEcho(_ opcode: WebSocketOpcode, _ mask: UInt32, _ payload: UnsafeRawBufferPointer) -> Bool {
        guard self.server.configuration.mode == .echo, self.role == .session else { return false }
        if opcode == .binary { return true }
        guard let first = payload.first else { return false }
        return first ^ UInt8(truncatingIfNeeded: UInt32(littleEndian: mask)) == PacketType.message.rawValue
    }

    /// Unmasks a message straight into the reply.
    private func echo(
        _ opcode: WebSocketOpcode, _ mask: UInt32, _ payload: UnsafeRawBufferPointer
    ) throws(WebSocketProtocolError) {
        guard self.replies.writeEcho(opcode, payload, mask) else { throw Self.invalidText }
        self.server.statistics.echoed(opcode == .text ? payload.count - 1 : payload.count)
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

extension UnsafeRawBufferPointer {
    fileprivate func unmasked(_ mask: UInt32) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeUnmasked(self, mask)
        return buffer
    }
}

extension ByteBuffer {
    fileprivate mutating func writeUnmasked(_ payload: UnsafeRawBufferPointer, _ mask: UInt32) {
        self.writeWithUnsafeMutableBytes(minimumWritableBytes: payload.count) { target in
            if let base = target.baseAddress { copyMasked(payload, to: base, mask: mask) }
            return payload.count
        }
    }

    /// Appends the final frame whose payload is that of a client's frame.
    ///
    /// - Returns: false, and nothing is appended, where a text is not UTF-8.
    fileprivate mutating func writeEcho(
        _ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer, _ mask: UInt32
    ) -> Bool {
        let count = payload.count
        let written = self.writeWithUnsafeMutableBytes(minimumWritableBytes: count + 10) { target in
            target[0] = 0x80 | opcode.rawValue
            let headerLength: Int
            switch count {
            case ..<126:
                target[1] = UInt8(count)
                headerLength = 2
            case ...0xFFFF:
                target[1] = 126
                target.storeBytes(of: UInt16(count).bigEndian, toByteOffset: 2, as: UInt16.self)
                headerLength = 4
            default:
                target[1] = 127
                target.storeBytes(of: UInt64(count).bigEndian, toByteOffset: 2, as: UInt64.self)
                headerLength = 10
            }
            let unmasked = UnsafeMutableRawBufferPointer(rebasing: target[headerLength..<headerLength + count])
            if let base = unmasked.baseAddress { copyMasked(payload, to: base, mask: mask) }
            if opcode == .text, UTF8Validation.firstInvalidOffset(UnsafeRawBufferPointer(unmasked)) != nil { return 0 }
            return headerLength + count
        }
        return written > 0
    }

    fileprivate var isUTF8: Bool {
        self.withUnsafeReadableBytes { UTF8Validation.firstInvalidOffset($0) == nil }
    }
}
