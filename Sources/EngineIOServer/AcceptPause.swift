import Glibc
import NIOCore
import NIOPosix

extension ServerBootstrap {
    /// Lets new connections wait a moment when the system has no descriptor or memory for them.
    ///
    /// - Parameter onPause: called on the loop at each pause.
    package func pausingWithoutDescriptors(_ onPause: (@Sendable (IOError) -> Void)? = nil) -> Self {
        self.serverChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(AcceptPause(onPause))
            }
        }
    }
}

/// Stops watching the listening socket for a moment when nothing can be accepted: the socket stays readable, so
/// accepting again and again would take a whole processor. SwiftNIO's handler for this does not stop the watching.
private final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = Any

    private let onPause: (@Sendable (IOError) -> Void)?
    private var isPausing = false

    private static let length = TimeAmount.milliseconds(100)

    init(_ onPause: (@Sendable (IOError) -> Void)?) { self.onPause = onPause }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Others belong to one connection, which ended before it was accepted.
        guard let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode),
            !self.isPausing
        else { return }
        self.isPausing = true
        self.onPause?(error)
        let channel = context.channel
        self.watch(channel, false)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.length) {
            self.isPausing = false
            self.watch(channel, true)
        }
    }

    private func watch(_ channel: any Channel, _ isOn: Bool) {
        // Fails only for a channel that is closed.
        try? channel.syncOptions?.setOption(.autoRead, value: isOn)
    }
}
