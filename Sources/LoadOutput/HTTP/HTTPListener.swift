import EngineIOServer
import NIOCore
import NIOHTTP1
import NIOPosix
import ProcessSupport

/// A small HTTP server on a thread of its own: connections, each with one request, and few of them at a time.
///
/// Nothing that a client does or leaves undone delays a virtual user.
final class HTTPListener: Sendable {
    let eventLoop: any EventLoop
    private let group: MultiThreadedEventLoopGroup
    private let channel: any Channel

    /// From the connect to the last byte of the request.
    private static let requestTime = TimeAmount.seconds(10)
    /// Connections at a time.
    private static let maximumConnections = 16

    /// Bytes that the system keeps for a client that does not read them; what is written later is newer.
    private static let sendBuffer = ChannelOptions.Types.SocketOption.Value(128 << 10)

    /// - Parameters:
    ///   - group: one thread, which the listener ends.
    ///   - option: the one that has the address, for errors.
    ///   - answer: called on the thread for each request.
    /// - Throws: `UsageError` if it cannot listen.
    init(
        _ address: ListenAddress, on group: MultiThreadedEventLoopGroup, option: String,
        answer: @escaping @Sendable (HTTPExchange) -> Void
    ) throws(UsageError) {
        self.group = group
        let eventLoop = group.next()
        self.eventLoop = eventLoop
        do {
            self.channel = try eventLoop.submit {
                NIOLoopBound(BoundedConnections(limit: Self.maximumConnections), eventLoop: eventLoop)
            }.flatMap { connections in
                ServerBootstrap(group: eventLoop)
                    .serverChannelOption(.backlog, value: 16)
                    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                    .childChannelOption(.socketOption(.so_sndbuf), value: Self.sendBuffer)
                    .pausingWithoutDescriptors()
                    .childChannelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            connections.value.admit(channel, for: Self.requestTime)
                            let pipeline = channel.pipeline.syncOperations
                            try pipeline.addHandler(RequestSizeLimit())
                            // Its help with pipelining would stop reading, so that the end of a stream is not seen.
                            try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false)
                            try pipeline.addHandler(FirstRequestHandler(connections.value, answer: answer))
                        }
                    }
                    .bind(host: address.host, port: address.port)
            }.wait()
        } catch {
            try? group.syncShutdownGracefully()
            let reason = SystemError.text(error)
            throw UsageError("\(option): cannot listen at \(address.host):\(address.port): \(reason)")
        }
    }

    /// The address with its port, which the system may have chosen, as a url without a path.
    ///
    /// - Parameter hosts: other hosts for some addresses.
    func url(replacing hosts: [String: String] = [:]) -> String {
        guard let address = self.channel.localAddress, let listening = address.ipAddress, let port = address.port else {
            return ""
        }
        let host = hosts[listening] ?? listening
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// Ends all connections and the thread.
    func close() { try? self.group.syncShutdownGracefully() }
}
