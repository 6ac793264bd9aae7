import LoadReport
import Metrics
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import LoadOutput

/// When the page of a run is rendered, and for whom.
struct WebRunTests {
    /// A run whose results are counted when they are made.
    private final class Run {
        let loop = EmbeddedEventLoop()
        var now = 100.0
        var rendered = 0
        lazy var web = WebRun(Self.description, eventLoop: self.loop) { self.now }

        static let description = RunDescription(
            name: "chat", script: "chat.lua", commandLine: "eio-lua load chat.lua", start: 1, seconds: 0, seed: 1)

        func take(isLast: Bool = false) {
            self.web.take(isLast: isLast) {
                self.rendered += 1
                var run = Self.description
                run.isRunning = !isLast
                run.seconds = self.now
                return RunResult(
                    run: run, metrics: MetricSet(), timeline: Timeline(columns: .standard), errors: ErrorTable())
            }
        }

        /// A new connection with a request.
        func exchange(_ version: HTTPVersion = .http1_1) throws -> (HTTPExchange, EmbeddedChannel) {
            let channel = EmbeddedChannel(loop: self.loop)
            try channel.connect(to: SocketAddress(unixDomainSocketPath: "/x")).wait()
            let connections = BoundedConnections(limit: 1)
            connections.admit(channel, for: .seconds(10))
            let head = HTTPRequestHead(version: version, method: .GET, uri: "/")
            return (HTTPExchange(head, channel, connections), channel)
        }

        func advance(seconds: Double) {
            self.now += seconds
            self.loop.advanceTime(by: .nanoseconds(Int64(seconds * 1e9)))
        }
    }

    /// The bytes of the bodies that were written so far.
    private static func written(_ channel: EmbeddedChannel) throws -> String {
        var text = ""
        while let part = try channel.readOutbound(as: HTTPServerResponsePart.self) {
            if case .body(.byteBuffer(let bytes)) = part { text += String(buffer: bytes) }
        }
        return text
    }

    @Test func nothingIsRenderedWhileNobodyLooks() throws {
        let run = Run()
        for _ in 0..<10 {
            run.take()
            run.advance(seconds: 1)
        }
        run.take(isLast: true)
        #expect(run.rendered == 0)
    }

    @Test func aStreamIsRenderedOnceASecond() throws {
        let run = Run()
        let (exchange, channel) = try run.exchange()
        run.take()
        run.web.watch(exchange, since: 0)
        #expect(run.rendered == 1)
        #expect(try Self.written(channel).hasPrefix("retry: 1000\n\nid: 1\ndata: {"))
        for _ in 0..<20 {
            run.take()
            run.advance(seconds: 0.25)
        }
        #expect((5...6).contains(run.rendered))
        #expect(try Self.written(channel).split(separator: "\n").count { $0.hasPrefix("id: ") } == run.rendered - 1)
        channel.close(promise: nil)
        run.loop.run()
        let rendered = run.rendered
        for _ in 0..<5 {
            run.take()
            run.advance(seconds: 1)
        }
        #expect(run.rendered == rendered)
    }

    @Test func pagesAreRenderedTogetherAndNotAtOnce() throws {
        let run = Run()
        run.take()
        let (first, firstChannel) = try run.exchange()
        run.web.page(first, stopPath: nil)
        #expect(run.rendered == 1)
        #expect(try Self.written(firstChannel).contains("</html>"))
        let others = try (0..<3).map { _ in try run.exchange() }
        run.web.page(others[0].0, stopPath: "/stop?token=x")
        run.web.report(others[1].0)
        run.web.report(others[2].0)
        #expect(try others.allSatisfy { try Self.written($0.1).isEmpty })
        run.advance(seconds: 10)
        #expect(run.rendered == 2)
        #expect(try others.allSatisfy { try Self.written($0.1).contains("</html>") })
    }

    @Test func afterTheEndNobodyWaits() throws {
        let run = Run()
        let (watching, stream) = try run.exchange()
        run.web.watch(watching, since: 0)
        run.take()
        run.take(isLast: true)
        #expect(try Self.written(stream).contains("\"isRunning\":false"))
        for _ in 0..<3 {
            let (exchange, channel) = try run.exchange()
            run.web.report(exchange)
            #expect(try Self.written(channel).contains("</html>"))
        }
    }

    @Test func streamForAClientWithoutChunks() throws {
        let run = Run()
        for version in [HTTPVersion.http1_0, .http1_1] {
            let (exchange, channel) = try run.exchange(version)
            run.web.watch(exchange, since: 0)
            guard case .head(let head)? = try channel.readOutbound(as: HTTPServerResponsePart.self) else {
                Issue.record("the stream has no head")
                return
            }
            #expect(head.version == version)
        }
    }

    @Test func silentStreamHasComments() throws {
        let run = Run()
        let (exchange, channel) = try run.exchange()
        run.web.watch(exchange, since: 0)
        _ = try Self.written(channel)
        run.advance(seconds: 31)
        #expect(try Self.written(channel) == ":\n\n:\n\n")
    }
}
