import NIOCore

/// Stands before the HTTP decoder of a websocket handshake and keeps what the server sends behind its answer.
///
/// The decoder would keep those bytes too, but drops them when the server closes the connection before it has left the
/// pipeline: the open packet of a session, and its first messages, would be lost.
final class UpgradeGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private static let endOfHead: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]

    /// How much of the end of a head the last bytes were.
    private var matched = 0
    private var isShut = false
    private(set) var bytes = ByteBuffer()
    /// What went wrong with the connection since the answer.
    private(set) var failure: (any Error)?

    /// The answer was read, and agrees: what follows it is no HTTP.
    func shut() { self.isShut = true }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var rest = Self.unwrapInboundIn(data)
        while !self.isShut, rest.readableBytes > 0 {
            // A head is decoded, and the gate perhaps shut, before this returns.
            if let head = rest.readSlice(length: self.lengthUpToEndOfHead(rest.readableBytesView)) {
                context.fireChannelRead(Self.wrapInboundOut(head))
            }
        }
        self.bytes.writeBuffer(&rest)
    }

    private func lengthUpToEndOfHead(_ bytes: ByteBufferView) -> Int {
        var length = 0
        for byte in bytes {
            length += 1
            if byte == Self.endOfHead[self.matched] {
                self.matched += 1
            } else {
                self.matched = byte == Self.endOfHead[0] ? 1 : 0
            }
            if self.matched == Self.endOfHead.count {
                self.matched = 0
                break
            }
        }
        return length
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if self.failure == nil { self.failure = error }
        context.fireErrorCaught(error)
    }
}
