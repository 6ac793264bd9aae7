import NIOCore

/// Copies `source` to `target`, which is apart from it, masked (RFC 6455, section 5.3). `mask` is the key as it lies in
/// memory.
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
    if index < count, count > 8 {
        // The last word begins in the one before.
        let start = count - 8
        let turn = UInt64(start & 3) * 8
        let word = base.loadUnaligned(fromByteOffset: start, as: UInt64.self) ^ (wide &>> turn | wide &<< (64 &- turn))
        target.storeBytes(of: word, toByteOffset: start, as: UInt64.self)
        return
    }
    while index < count {
        let byte = UInt8(truncatingIfNeeded: key >> (UInt32(index & 3) * 8))
        target.storeBytes(of: source[index] ^ byte, toByteOffset: index, as: UInt8.self)
        index += 1
    }
}

/// How many bytes a frame may have besides its payload: the longest header, a mask, and a prefix.
public let webSocketFrameOverhead = 15

/// Writes the header of one final frame.
///
/// - Parameters:
///   - mask: the key of a client's frame; nil for a server's, which must not be masked.
///   - target: has room for at least ``webSocketFrameOverhead`` bytes.
/// - Returns: the length of the header.
@inlinable
@inline(__always)
public func writeWebSocketHeader(
    _ opcode: WebSocketOpcode, payloadLength: Int, mask: UInt32?, to target: UnsafeMutableRawPointer
) -> Int {
    target.storeBytes(of: 0x80 | opcode.rawValue, as: UInt8.self)
    let maskBit: UInt8 = mask == nil ? 0 : 0x80
    var length: Int
    if payloadLength < 126 {
        target.storeBytes(of: maskBit | UInt8(payloadLength), toByteOffset: 1, as: UInt8.self)
        length = 2
    } else if payloadLength <= 0xFFFF {
        target.storeBytes(of: maskBit | 126, toByteOffset: 1, as: UInt8.self)
        target.storeBytes(of: UInt16(payloadLength).bigEndian, toByteOffset: 2, as: UInt16.self)
        length = 4
    } else {
        target.storeBytes(of: maskBit | 127, toByteOffset: 1, as: UInt8.self)
        target.storeBytes(of: UInt64(payloadLength).bigEndian, toByteOffset: 2, as: UInt64.self)
        length = 10
    }
    if let mask {
        target.storeBytes(of: mask, toByteOffset: length, as: UInt32.self)
        length += 4
    }
    return length
}

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
    let key = mask ?? 0
    let prefixLength = prefix == nil ? 0 : 1
    var index = writeWebSocketHeader(opcode, payloadLength: payload.count + prefixLength, mask: mask, to: target)
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
