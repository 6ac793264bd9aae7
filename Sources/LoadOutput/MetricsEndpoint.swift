import Dispatch
import EngineIOServer
import LoadEngine
import LoadReport
import Metrics
import NIOCore
import NIOHTTP1
import NIOPosix
import ProcessSupport
import Synchronization

/// `--metrics-addr`: what was measured until the last second, for Prometheus to scrape.
///
/// It has a thread of its own, so that nothing that a scraper does or leaves undone holds up a virtual user.
package final class MetricsEndpoint: RunOutput {
    fileprivate struct Measured {
        var metrics = MetricSet()
        var errors = ErrorTable()
    }

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel: any Channel
    private let measured: MeasuredBox
    private let isReported = Atomic(false)

    /// How long a scrape may take from its connect to the last byte.
    private static let timeout = TimeAmount.seconds(10)
    /// Connections at a time. One more ends the oldest: those that hang never keep a scraper out that does not.
    private static let maximumConnections = 16

    /// - Throws: `UsageError` where it cannot listen.
    package init(_ address: ListenAddress) throws(UsageError) {
        let eventLoop = self.group.next()
        let measured = MeasuredBox()
        self.measured = measured
        do {
            self.channel = try eventLoop.submit {
                NIOLoopBound(ScrapeConnections(limit: Self.maximumConnections), eventLoop: eventLoop)
            }.flatMap { connections in
                ServerBootstrap(group: eventLoop)
                    .serverChannelOption(.backlog, value: 16)
                    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                    .pausingWithoutDescriptors()
                    .childChannelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            connections.value.admit(channel, for: Self.timeout)
                            try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                            try channel.pipeline.syncOperations.addHandler(ScrapeHandler(measured))
                        }
                    }
                    .bind(host: address.host, port: address.port)
            }.wait()
        } catch {
            try? self.group.syncShutdownGracefully()
            let reason = SystemError.text(error)
            throw UsageError("--metrics-addr: cannot listen at \(address.host):\(address.port): \(reason)")
        }
    }

    /// The url for Prometheus.
    private var url: String {
        guard let address = self.channel.localAddress, let host = address.ipAddress, let port = address.port else {
            return ""
        }
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(port)/metrics"
    }

    package func show(_ snapshot: RunSnapshot) {
        let collector = snapshot.progress.collector
        self.measured.set(Measured(metrics: collector.metrics, errors: collector.errors))
    }

    /// The address, which may have a port that the system chose.
    package func takeNews() -> [String] {
        self.isReported.exchange(true, ordering: .relaxed) ? [] : ["metrics: \(self.url)"]
    }

    package func waitForEnd(until deadline: DispatchTime) -> Bool {
        try? self.group.syncShutdownGracefully()
        return true
    }
}

private final class MeasuredBox: Sendable {
    private let measured = Mutex(MetricsEndpoint.Measured())

    var page: String {
        // The text is made outside of the lock: the run's thread never waits for it.
        let measured = self.measured.withLock { $0 }
        return PrometheusText.text(measured.metrics, errors: measured.errors)
    }

    func set(_ measured: MetricsEndpoint.Measured) { self.measured.withLock { $0 = measured } }
}

/// The open connections in the order of their coming.
private final class ScrapeConnections {
    private var open: [any Channel] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func admit(_ channel: any Channel, for time: TimeAmount) {
        if self.open.count == self.limit { self.open.removeFirst().close(promise: nil) }
        self.open.append(channel)
        let timeout = channel.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
        channel.closeFuture.assumeIsolated().whenComplete { _ in
            timeout.cancel()
            self.open.removeAll { $0 === channel }
        }
    }
}

/// Answers the first request of a connection, and closes it.
private final class ScrapeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let measured: MeasuredBox
    private var head: HTTPRequestHead?

    init(_ measured: MeasuredBox) { self.measured = measured }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head): if self.head == nil { self.head = head }
        case .body: break
        case .end: if let head = self.head { self.answer(head, context) }
        }
    }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let path = head.uri.prefix { $0 != "?" }
        guard path == "/metrics" else {
            return self.respond(.notFound, "the metrics are at /metrics\n", head, context)
        }
        guard head.method == .GET || head.method == .HEAD else {
            return self.respond(.methodNotAllowed, "use GET\n", head, context)
        }
        self.respond(.ok, self.measured.page, as: PrometheusText.contentType, head, context)
    }

    private func respond(
        _ status: HTTPResponseStatus, _ text: String, as contentType: String = "text/plain; charset=utf-8",
        _ request: HTTPRequestHead, _ context: ChannelHandlerContext
    ) {
        let headers: HTTPHeaders = [
            "content-type": contentType, "content-length": String(text.utf8.count), "connection": "close",
        ]
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        }
        let channel = context.channel
        context.writeAndFlush(self.wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
