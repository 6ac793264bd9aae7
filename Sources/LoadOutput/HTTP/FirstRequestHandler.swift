import NIOCore
import NIOHTTP1

/// Passes on the first request of a connection. Nothing after it is read.
final class FirstRequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private enum State {
        case waiting
        case reading(HTTPRequestHead)
        case passedOn
    }

    private let connections: BoundedConnections
    private let answer: (HTTPExchange) -> Void
    private var state = State.waiting

    init(_ connections: BoundedConnections, answer: @escaping (HTTPExchange) -> Void) {
        (self.connections, self.answer) = (connections, answer)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (self.unwrapInboundIn(data), self.state) {
        case (.head(let head), .waiting): self.state = .reading(head)
        case (.end, .reading(let head)):
            self.state = .passedOn
            self.answer(HTTPExchange(head, context.channel, self.connections))
        default: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
