import EngineIO
import EpollLoop
import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport
import Testing

@testable import EngineIOClient

/// Kept-alive connections on real sockets, on both kinds of loops: whether one can be used again is the system's to
/// know.
@Suite(.timeLimit(.minutes(5))) struct ConnectionReuseTests {
    enum Loop: CaseIterable {
        case own, swiftNIOs

        func group() throws -> any EventLoopGroup {
            switch self {
            case .own: try EpollEventLoopGroup(numberOfThreads: 1)
            case .swiftNIOs: MultiThreadedEventLoopGroup(numberOfThreads: 1)
            }
        }
    }

    /// A client's ``HTTPConnection``, for use from any thread.
    private struct Client: Sendable {
        let connection: NIOLoopBound<HTTPConnection>

        static func make(on eventLoop: any EventLoop, to listener: Listener) async throws -> Client {
            let port = listener.address.port ?? 0
            return try await eventLoop.submit {
                let loop = ClientLoop(eventLoop: eventLoop)
                let connector = Connector(
                    ClientSettings(loop: loop, configuration: ClientConfiguration()),
                    observer: SessionObserver(logger: .quiet, loop: loop))
                let url = try ServerURL("http://127.0.0.1:\(port)")
                return Client(
                    connection: NIOLoopBound(HTTPConnection(connector: connector, url: url), eventLoop: eventLoop))
            }.get()
        }

        /// - Parameter before: runs on the loop right before the request is sent.
        /// - Returns: the status of the answer.
        func send(
            _ purpose: HTTPExchangePurpose, after before: @escaping @Sendable () -> Void = {}
        ) -> EventLoopFuture<Int> {
            let promise = self.connection.eventLoop.makePromise(of: Int.self)
            self.connection.eventLoop.execute {
                before()
                let request = HTTPRequest(
                    purpose: purpose, target: "/", headers: [:],
                    body: purpose.isIdempotent ? nil : ByteBuffer(string: "4a"))
                self.connection.value.send(request, timeout: .seconds(30)) { result in
                    promise.completeWith(result.map(\.status).mapError { $0.error })
                }
            }
            return promise.futureResult
        }

        func close() async throws {
            try await self.connection.eventLoop.submit { self.connection.value.close() }.get()
        }
    }

    private func withClient(on loop: Loop, _ body: (Client, Listener) async throws -> Void) async throws {
        let listener = try Listener()
        defer { listener.close() }
        let group = try loop.group()
        let client = try await Client.make(on: group.next(), to: listener)
        try await body(client, listener)
        try await client.close()
        try await group.shutdownGracefully()
    }

    /// Reads a request and answers it.
    private func answer(_ peer: Peer) throws -> String {
        var request = ""
        while !request.hasSuffix("\r\n\r\n"), !request.hasSuffix("4a") {
            let bytes = peer.read()
            try #require(!bytes.isEmpty)
            request += String(decoding: bytes, as: UTF8.self)
        }
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        return String(request.prefix { $0 != " " })
    }

    @Test(arguments: Loop.allCases) func requestsShareAConnection(loop: Loop) async throws {
        try await self.withClient(on: loop) { client, listener in
            var peer: Peer?
            for purpose in [HTTPExchangePurpose.opening, .post, .poll, .post] {
                let status = client.send(purpose)
                let server = try peer ?? listener.accept()
                peer = server
                #expect(try self.answer(server) == (purpose.isIdempotent ? "GET" : "POST"))
                #expect(try await status.get() == 200)
            }
            peer?.close()
        }
    }

    /// The end has arrived, and the loop has not read it: a POST on this connection would be lost.
    @Test(arguments: Loop.allCases, ["", "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"])
    func connectionThatHasJustEndedIsNotUsed(loop: Loop, lastWords: String) async throws {
        for purpose in [HTTPExchangePurpose.poll, .post] {
            try await self.withClient(on: loop) { client, listener in
                let first = client.send(.opening)
                let peer = try listener.accept()
                _ = try self.answer(peer)
                #expect(try await first.get() == 200)
                // A connection that has answered twice is not waited for.
                let second = client.send(.poll)
                _ = try self.answer(peer)
                #expect(try await second.get() == 200)
                let third = client.send(purpose) {
                    peer.write(lastWords)
                    #expect(throws: Never.self) { try peer.closeAndWait() }
                }
                let next = try listener.accept()
                #expect(try self.answer(next) == (purpose.isIdempotent ? "GET" : "POST"))
                #expect(try await third.get() == 200)
                next.close()
            }
        }
    }
}
