import NIOCore
import NIOTLS

/// Watches a TLS handshake right behind the handler that makes it, and leaves the pipeline at its end.
final class TLSHandshakeWatcher: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let started = NIODeadline.now()
    private let verification: PeerVerification?
    private let onSecured: (TimeAmount) -> Void

    /// - Parameters:
    ///   - verification: nil where certificates are not checked.
    ///   - onSecured: called with the time that the handshake took.
    init(_ verification: PeerVerification?, onSecured: @escaping (TimeAmount) -> Void) {
        self.verification = verification
        self.onSecured = onSecured
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        guard case TLSUserEvent.handshakeCompleted(_)? = event as? TLSUserEvent else { return }
        self.onSecured(.now() - self.started)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.fireErrorCaught(self.verification?.explain(error) ?? error)
    }
}
