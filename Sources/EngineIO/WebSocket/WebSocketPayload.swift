import NIOCore

/// The payload of one frame as it lies in the received bytes, and so only valid while they are.
public struct WebSocketPayload {
    public let bytes: UnsafeRawBufferPointer
    /// The masking key as it lies in memory; 0 for a frame without a mask.
    public let mask: UInt32

    @inlinable
    public init(_ bytes: UnsafeRawBufferPointer, mask: UInt32) {
        self.bytes = bytes
        self.mask = mask
    }

    /// The first byte without its mask.
    public var first: UInt8? {
        self.bytes.first.map { $0 ^ UInt8(truncatingIfNeeded: UInt32(littleEndian: self.mask)) }
    }

    /// A copy without the mask.
    public var unmasked: ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writePayload(self)
        return buffer
    }
}

extension ByteBuffer {
    /// Appends a payload without its mask.
    public mutating func writePayload(_ payload: WebSocketPayload) {
        if payload.mask == 0 {
            self.writeBytes(payload.bytes)
            return
        }
        self.writeWithUnsafeMutableBytes(minimumWritableBytes: payload.bytes.count) { target in
            if let base = target.baseAddress { copyMasked(payload.bytes, to: base, mask: payload.mask) }
            return payload.bytes.count
        }
    }
}
