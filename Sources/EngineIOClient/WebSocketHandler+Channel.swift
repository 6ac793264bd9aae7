import EpollLoop
import NIOCore

/// Used without TLS on an `EpollEventLoop`.
extension WebSocketHandler: SocketReader {}

/// Used in a pipeline otherwise.
extension WebSocketHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func handlerAdded(context: ChannelHandlerContext) { self.attach(context.channel) }

    func handlerRemoved(context: ChannelHandlerContext) { self.detach() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        Self.unwrapInboundIn(data).withUnsafeReadableBytes { self.read($0) }
    }

    func channelReadComplete(context: ChannelHandlerContext) { self.readCompleted() }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.writabilityChanged(context.channel.isWritable)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.readFailed(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { self.connectionClosed() }
}
