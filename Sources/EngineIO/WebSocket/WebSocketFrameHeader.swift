/// The header of one frame: everything before its payload.
public struct WebSocketFrameHeader: Equatable, Sendable {
    public var isFinal: Bool
    public var opcode: WebSocketOpcode
    /// The masking key as it lies in memory, or nil for a frame without a mask.
    public var mask: UInt32?
    /// Bytes before the payload.
    public var length: Int
    public var payloadLength: Int

    /// Reads the header at the start of `bytes`.
    ///
    /// - Returns: nil when not all of the header is there yet.
    /// - Throws: ``WebSocketProtocolError`` for reserved bits, unknown opcodes, control frames that are long or
    ///   fragmented, and lengths that are not minimal (RFC 6455, sections 5.2 and 5.5).
    @inlinable
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws(WebSocketProtocolError) -> WebSocketFrameHeader? {
        guard bytes.count >= 2 else { return nil }
        let first = bytes[0]
        let second = bytes[1]
        if first & 0x70 != 0 { throw WebSocketProtocolError("a frame has reserved bits without an extension") }
        guard let opcode = WebSocketOpcode(rawValue: first & 0x0F) else {
            throw WebSocketProtocolError("a frame has the unknown opcode \(first & 0x0F)")
        }
        let isFinal = first & 0x80 != 0
        var payloadLength = Int(second & 0x7F)
        var length = 2
        if payloadLength >= 126 {
            if opcode.isControl { throw WebSocketProtocolError("a control frame is longer than 125 bytes") }
            let extended = payloadLength == 126 ? 2 : 8
            guard bytes.count >= 2 + extended else { return nil }
            if extended == 2 {
                payloadLength = Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            } else {
                let value = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
                guard value <= UInt64(Int.max) else { throw WebSocketProtocolError("a frame's length is over 2^63") }
                payloadLength = Int(value)
            }
            if payloadLength < (extended == 2 ? 126 : 65536) {
                throw WebSocketProtocolError("a frame's length is not written in the shortest form")
            }
            length += extended
        }
        if opcode.isControl && !isFinal { throw WebSocketProtocolError("a control frame is fragmented") }
        var mask: UInt32?
        if second & 0x80 != 0 {
            guard bytes.count >= length + 4 else { return nil }
            mask = bytes.loadUnaligned(fromByteOffset: length, as: UInt32.self)
            length += 4
        }
        return WebSocketFrameHeader(
            isFinal: isFinal, opcode: opcode, mask: mask, length: length, payloadLength: payloadLength)
    }

    @inlinable
    public init(isFinal: Bool, opcode: WebSocketOpcode, mask: UInt32?, length: Int, payloadLength: Int) {
        self.isFinal = isFinal
        self.opcode = opcode
        self.mask = mask
        self.length = length
        self.payloadLength = payloadLength
    }
}
