import NIOCore

/// The opcode of a websocket frame (RFC 6455, section 5.2).
public enum WebSocketOpcode: UInt8, Sendable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    @inlinable
    public var isControl: Bool { self.rawValue & 0x8 != 0 }
}

/// The status code of a websocket Close frame (RFC 6455, section 7.4.1).
public enum WebSocketCloseCode {
    public static let normal: UInt16 = 1000
    public static let protocolError: UInt16 = 1002
    public static let invalidPayload: UInt16 = 1007
    public static let messageTooBig: UInt16 = 1009

    /// Whether a Close frame may carry this code: not those that only stand for a missing frame, and none that is
    /// unassigned (RFC 6455, section 7.4).
    public static func mayBeSent(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}

/// A breach of RFC 6455 by the peer: what was wrong, and the code that the Close frame has to carry.
public struct WebSocketProtocolError: Error, Equatable, CustomStringConvertible {
    public var code: UInt16
    public var description: String

    public init(code: UInt16 = WebSocketCloseCode.protocolError, _ description: String) {
        self.code = code
        self.description = description
    }
}

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

/// Copies `source` to `target`, masked (RFC 6455, section 5.3). `mask` is the key as it lies in memory.
@inlinable
public func copyMasked(
    _ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer, mask: UInt32, offset: Int = 0
) {
    // The key turned so that its first byte belongs to the first byte of this part.
    let shift = UInt32(offset & 3) * 8
    let key = shift == 0 ? mask : (UInt32(littleEndian: mask) >> shift | UInt32(littleEndian: mask) << (32 - shift))
    let wide = UInt64(key) << 32 | UInt64(key)
    var index = 0
    let count = source.count
    guard let base = source.baseAddress else { return }
    while index + 8 <= count {
        let word = base.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ wide
        target.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
        index += 8
    }
    while index < count {
        let byte = UInt8(truncatingIfNeeded: key >> (UInt32(index & 3) * 8))
        target.storeBytes(of: source[index] ^ byte, toByteOffset: index, as: UInt8.self)
        index += 1
    }
}

/// How many bytes a frame may have besides its payload: the longest header, a mask, and a prefix.
public let webSocketFrameOverhead = 15

/// Writes one final frame whose payload is `prefix` (the packet type of a text message) and `payload`.
///
/// - Parameters:
///   - mask: the key of a client's frame; nil for a server's, which must not be masked.
///   - target: where there is room for the payload and ``webSocketFrameOverhead`` bytes.
/// - Returns: the length of the frame.
@inlinable
public func writeWebSocketFrame(
    _ opcode: WebSocketOpcode, prefix: UInt8?, payload: UnsafeRawBufferPointer, mask: UInt32?,
    to target: UnsafeMutableRawPointer
) -> Int {
    let prefixLength = prefix == nil ? 0 : 1
    let payloadLength = payload.count + prefixLength
    target.storeBytes(of: 0x80 | opcode.rawValue, as: UInt8.self)
    let maskBit: UInt8 = mask == nil ? 0 : 0x80
    var index: Int
    if payloadLength < 126 {
        target.storeBytes(of: maskBit | UInt8(payloadLength), toByteOffset: 1, as: UInt8.self)
        index = 2
    } else if payloadLength <= 0xFFFF {
        target.storeBytes(of: maskBit | 126, toByteOffset: 1, as: UInt8.self)
        target.storeBytes(of: UInt16(payloadLength).bigEndian, toByteOffset: 2, as: UInt16.self)
        index = 4
    } else {
        target.storeBytes(of: maskBit | 127, toByteOffset: 1, as: UInt8.self)
        target.storeBytes(of: UInt64(payloadLength).bigEndian, toByteOffset: 2, as: UInt64.self)
        index = 10
    }
    let key = mask ?? 0
    if mask != nil {
        target.storeBytes(of: key, toByteOffset: index, as: UInt32.self)
        index += 4
    }
    if let prefix {
        target.storeBytes(of: prefix ^ UInt8(truncatingIfNeeded: key), toByteOffset: index, as: UInt8.self)
        index += 1
    }
    copyMasked(payload, to: target + index, mask: key, offset: prefixLength)
    return index + payload.count
}

extension ByteBuffer {
    /// Appends one final frame: see ``writeWebSocketFrame(_:prefix:payload:mask:to:)``.
    @inlinable
    public mutating func writeWebSocketFrame(
        _ opcode: WebSocketOpcode, prefix: UInt8? = nil, payload: UnsafeRawBufferPointer, mask: UInt32?
    ) {
        self.writeWithUnsafeMutableBytes(minimumWritableBytes: payload.count + webSocketFrameOverhead) { target in
            guard let base = target.baseAddress else { return 0 }
            return EngineIO.writeWebSocketFrame(opcode, prefix: prefix, payload: payload, mask: mask, to: base)
        }
    }
}
