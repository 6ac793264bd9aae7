import NIOCore
import NIOHTTP1
import NIOPosix

/// An Engine.IO 4 server on loopback for demonstrations, tests and measurements: polling, websocket and the upgrade.
///
/// All of a server lives on one event loop, because the requests of one polling session may come over any connection.
/// Besides Engine.IO it answers `GET /stats` by its counters as JSON, and `GET /` by a page, if it has one.
package final class EngineIOServer: Sendable {
    /// The port it listens at.
    package let port: Int
    private let channel: any Channel
    private let context: NIOLoopBound<ServerContext>

    /// The most bytes of one header field, and of a request's head in all.
    private static let maximumHeaderField = 16 << 10
    private static let maximumHead = 64 << 10

    private init(channel: any Channel, context: NIOLoopBound<ServerContext>) {
        self.channel = channel
        self.context = context
        self.port = channel.localAddress?.port ?? 0
    }

    /// Starts a server on one event loop of `group`.
    ///
    /// - Returns: the server once it listens, or the error of the system that kept it from that.
    package static func start(
        _ configuration: ServerConfiguration, group: any EventLoopGroup
    ) -> EventLoopFuture<EngineIOServer> {
        let eventLoop = group.next()
        return eventLoop.flatSubmit {
            let context = NIOLoopBound(ServerContext(configuration, eventLoop: eventLoop), eventLoop: eventLoop)
            return ServerBootstrap(group: eventLoop)
                .serverChannelOption(.backlog, value: 4096)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .serverChannelOption(.maxMessagesPerRead, value: 64)
                .pausingWithoutDescriptors(configuration.onAcceptPaused)
                // One read an event: a second would mostly find nothing.
                .childChannelOption(.maxMessagesPerRead, value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 256 << 10))
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try self.configure(channel, context.value) }
                }
                .bind(host: configuration.host, port: configuration.port)
                .map { EngineIOServer(channel: $0, context: context) }
        }
    }

    private static func configure(_ channel: any Channel, _ context: ServerContext) throws {
        let encoder = HTTPResponseEncoder()
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = self.maximumHeaderField
        limits.maxHeaderListSize = self.maximumHead
        let decoder = ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits))
        let pipelining = HTTPServerPipelineHandler()
        let errors = HTTPServerProtocolErrorHandler()
        let connection = HTTPConnectionHandler(server: context, httpHandlers: [pipelining, errors, encoder, decoder])
        try channel.pipeline.syncOperations.addHandlers([encoder, decoder, pipelining, errors, connection])
    }

    /// The counters of the server.
    package func statistics() -> EventLoopFuture<ServerStatistics> {
        self.channel.eventLoop.submit { self.context.value.statistics }
    }

    /// Stops listening, notifies every client that its session ends, and closes all connections once that is written:
    /// two seconds after the call at the latest. May be called again.
    package func shutdown() -> EventLoopFuture<Void> {
        self.channel.eventLoop.flatSubmit {
            self.channel.close(promise: nil)
            return self.context.value.shutDown()
        }
    }
}
