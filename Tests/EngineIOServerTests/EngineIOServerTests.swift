import EngineIO
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import EngineIOServer

/// The server over real sockets, spoken to in raw bytes.
struct EngineIOServerTests {
    private static let group = MultiThreadedEventLoopGroup.singleton

    private func withServer(
        _ configuration: ServerConfiguration = ServerConfiguration(),
        _ body: (EngineIOServer) async throws -> Void
    ) async throws {
        let server = try await EngineIOServer.start(configuration, group: Self.group).get()
        // Not waited for: the tests leave their connections open, for which the server would wait.
        defer { _ = server.shutdown() }
        try await withTaskExecutorPreference(TaskQueue()) { try await body(server) }
    }

    private func openPolling(_ connection: RawConnection) async throws -> String {
        let answer = try await connection.request("GET", "/engine.io/?EIO=4&transport=polling")
        #expect(answer.contains("200 OK"))
        let sid = try #require(answer.split(separator: "\"sid\":\"").last?.split(separator: "\"").first)
        #expect(sid.count == 20)
        return "/engine.io/?EIO=4&transport=polling&sid=\(sid)"
    }

    @Test func echoesByPolling() async throws {
        try await self.withServer { server in
            let connection = try await RawConnection.open(server.port)
            let uri = try await self.openPolling(connection)
            let posted = try await connection.request("POST", uri, body: "4a\u{1E}bAQID\u{1E}4€")
            #expect(posted.hasSuffix("\r\n\r\nok"))
            let polled = try await connection.request("GET", uri)
            #expect(polled.hasSuffix("\r\n\r\n4a\u{1E}bAQID\u{1E}4€"))
            let statistics = try await server.statistics().get()
            #expect(statistics.messages == 3)
            #expect(statistics.bytes == 7)
        }
    }

    @Test func refusesABodyAboveMaxPayload() async throws {
        var configuration = ServerConfiguration()
        configuration.maxPayload = 10
        try await self.withServer(configuration) { server in
            let connection = try await RawConnection.open(server.port)
            let uri = try await self.openPolling(connection)
            #expect(try await connection.request("POST", uri, body: "4" + "x" * 10).contains(" 413 "))
            #expect(try await connection.request("POST", uri, body: "4" + "x" * 9).hasSuffix("ok"))
        }
    }

    @Test func aHeldPostMayGoAwayWithoutItsSession() async throws {
        var configuration = ServerConfiguration()
        configuration.maxQueued = 10
        try await self.withServer(configuration) { server in
            let poll = try await RawConnection.open(server.port)
            let post = try await RawConnection.open(server.port)
            let uri = try await self.openPolling(poll)
            try await post.write("POST \(uri) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n4a")
            while try await server.statistics().get().messages == 0 { await Task.yield() }
            try await post.close()
            #expect(try await poll.request("GET", uri).hasSuffix("\r\n\r\n4a"))
            #expect(try await poll.request("POST", uri, body: "3").hasSuffix("ok"))
        }
    }

    /// Clients may send their first frame before they have read the answer to the handshake.
    @Test func takesFramesThatCameBehindTheWebSocketHandshake() async throws {
        try await self.withServer { server in
            let connection = try await RawConnection.open(server.port)
            try await connection.write(RawConnection.webSocketHandshake(""), frames: [("4left", .text)])
            let answer = try await connection.read { $0.contains("4left") }
            #expect(answer.contains(" 101 "))
            #expect(answer.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
            #expect(answer.contains("\"upgrades\":[]"))
        }
    }

    @Test func upgrades() async throws {
        try await self.withServer { server in
            let polling = try await RawConnection.open(server.port)
            let uri = try await self.openPolling(polling)
            let webSocket = try await RawConnection.open(server.port)
            let sid = uri.split(separator: "sid=")[1]
            try await webSocket.write(RawConnection.webSocketHandshake("&sid=\(sid)"), frames: [("2probe", .text)])
            _ = try await webSocket.read { $0.contains("3probe") }
            #expect(try await polling.request("GET", uri).hasSuffix("\r\n\r\n6"))
            try await webSocket.write("", frames: [("5", .text), ("4on", .text), ("raw", .binary)])
            _ = try await webSocket.read { $0.contains("4on") && $0.hasSuffix("raw") }
            #expect(try await polling.request("GET", uri).contains(#""code":3"#))
            #expect(try await server.statistics().get().upgrades == 1)
        }
    }

    @Test func endsASessionThatDoesNotAnswerPings() async throws {
        var configuration = ServerConfiguration()
        configuration.pingInterval = .milliseconds(250)
        configuration.pingTimeout = .milliseconds(250)
        try await self.withServer(configuration) { server in
            let connection = try await RawConnection.open(server.port)
            let uri = try await self.openPolling(connection)
            #expect(try await connection.request("GET", uri).hasSuffix("\r\n\r\n2"))
            #expect(try await connection.request("GET", uri).hasSuffix("\r\n\r\n1"))
            #expect(try await server.statistics().get().timeouts == 1)
        }
    }

    @Test func broadcastsToAllTransports() async throws {
        var configuration = ServerConfiguration()
        configuration.mode = .broadcast
        try await self.withServer(configuration) { server in
            let polling = try await RawConnection.open(server.port)
            let uri = try await self.openPolling(polling)
            let webSocket = try await RawConnection.open(server.port)
            try await webSocket.write(RawConnection.webSocketHandshake(""), frames: [("4all", .text)])
            _ = try await webSocket.read { $0.contains("4all") }
            #expect(try await polling.request("GET", uri).hasSuffix("\r\n\r\n4all"))
        }
    }
}
