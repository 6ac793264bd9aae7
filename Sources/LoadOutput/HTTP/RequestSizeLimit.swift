import NIOCore

/// Ends a connection that sends more than a request needs: the decoder of requests has no limit for a url.
final class RequestSizeLimit: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// All bytes that a connection may send.
    private var left = 16 << 10

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.left -= self.unwrapInboundIn(data).readableBytes
        if self.left < 0 { return context.close(promise: nil) }
        context.fireChannelRead(data)
    }
}
