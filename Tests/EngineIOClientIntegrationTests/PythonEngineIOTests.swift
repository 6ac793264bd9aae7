import EngineIO
import EngineIOClient
import NIOCore
import NIOPosix
import Testing

/// The client against python-engineio.
@Suite(.needsPython, .timeLimit(.minutes(5))) struct PythonEngineIOTests {
    static let ways: [[Transport]] = [[.polling], [.websocket], [.polling, .websocket]]

    /// The kind of event loop that a client runs on.
    enum Loop: CaseIterable {
        case own, ofSwiftNIO

        var group: (any EventLoopGroup)? { self == .own ? nil : MultiThreadedEventLoopGroup.singleton }
    }

    private static func connect(
        to server: PythonServer, by transports: [Transport] = [.polling, .websocket], on loop: Loop = .own
    ) async throws -> EngineIOClient {
        let client = EngineIOClient(eventLoopGroup: loop.group)
        var options = ConnectOptions(url: try ServerURL(server.url))
        options.transports = transports
        try await client.connect(options)
        return client
    }

    /// The next message; nil when something else comes first.
    private static func message(_ iterator: inout ClientEvents.AsyncIterator) async -> Message? {
        while let event = await iterator.next() {
            switch event {
            case .connected: continue
            case .message(let message): return message
            case .disconnected: return nil
            }
        }
        return nil
    }

    @Test(arguments: ways, Loop.allCases)
    func textAndBytesComeBackAsTheyWere(_ transports: [Transport], on loop: Loop) async throws {
        try await PythonServer.run { server in
            let client = try await Self.connect(to: server, by: transports, on: loop)
            #expect(await client.transport == transports.last)
            #expect(await client.sid != nil)
            var events = client.events.makeAsyncIterator()
            let large = Message.text(String(repeating: "long ", count: 100_000))
            for message in [Message.text("grüße €"), .binary(ByteBuffer(bytes: [0, 1, 254, 255])), .text(""), large] {
                try await client.send(message)
                #expect(await Self.message(&events) == message)
            }
            #expect(await client.disconnect() == 0)
            #expect(await client.sid == nil)
        }
    }

    @Test(arguments: ways, Loop.allCases)
    func tenThousandMessagesBeforeADisconnectArrive(_ transports: [Transport], on loop: Loop) async throws {
        try await PythonServer.run { server in
            let client = try await Self.connect(to: server, by: transports, on: loop)
            for number in 0..<10_000 { try await client.send("quiet \(number)") }
            #expect(await client.disconnect() == 0)
            let counted = try await server.messages(atLeast: 10_000)
            #expect(counted == (0..<10_000).map { "quiet \($0)" })
        }
    }

    @Test func serverDisconnectIsReportedOnceAndTheClientConnectsAgain() async throws {
        try await PythonServer.run { server in
            let client = try await Self.connect(to: server)
            var events = client.events.makeAsyncIterator()
            try await client.send("cmd:disconnect")
            var reasons: [DisconnectReason] = []
            while reasons.isEmpty, let event = await events.next() {
                if case .disconnected(let reason, _) = event { reasons.append(reason) }
            }
            #expect(reasons == [.serverDisconnect] || reasons == [.transportError])
            await #expect(throws: ClientError.notConnected) { try await client.send("too late") }
            try await client.connect(to: server.url)
            try await client.send("again")
            #expect(await Self.message(&events) == .text("again"))
            await client.disconnect()
        }
    }

    @Test func pingTimeoutIsNoticed() async throws {
        // A server that does not know its client's interval any more: it stops between two pings.
        try await PythonServer.run(options: ["--ping-interval", "0.3", "--ping-timeout", "0.2"]) { server in
            let client = try await Self.connect(to: server, by: [.websocket])
            server.suspend()
            for await event in client.events {
                guard case .disconnected(let reason, let detail) = event else { continue }
                #expect(reason == .transportError)
                #expect(detail.cause == .pingTimeout)
                #expect(detail.transport == .websocket)
                break
            }
        }
    }

    @Test func refusalsSayWhy() async throws {
        let client = EngineIOClient()
        await #expect(throws: ServerURLError.self) { try await client.connect(to: "localhost:5000") }
        let refused = await #expect(throws: ConnectionError.self) { try await client.connect(to: "http://127.0.0.1:1") }
        #expect(refused?.phase == .tcp)
        try await PythonServer.run(options: ["--transports", "websocket"]) { server in
            let status = await #expect(throws: ConnectionError.self) { try await client.connect(to: server.url) }
            #expect(status?.status == 400)
            #expect(status?.phase == .http)
        }
    }

    @Test func secondConnectIsRefused() async throws {
        try await PythonServer.run { server in
            let client = try await Self.connect(to: server)
            await #expect(throws: ClientError.alreadyConnected) { try await client.connect(to: server.url) }
            await client.disconnect()
        }
    }

    @Test func cancelledConnectLeavesNoSession() async throws {
        // Accepts connections and never answers.
        let silent = try SilentServer()
        defer { silent.close() }
        let client = EngineIOClient()
        let url = "http://127.0.0.1:\(silent.port)"
        let connecting = Task { try await client.connect(to: url) }
        try await silent.awaitConnection()
        connecting.cancel()
        await #expect(throws: (any Error).self) { try await connecting.value }
        #expect(await client.sid == nil)
    }

    @Test func readerThatFallsBehindPausesTheServer() async throws {
        try await PythonServer.run { server in
            let client = try await Self.connect(to: server, by: [.websocket])
            var events = client.events.makeAsyncIterator()
            try await client.send("cmd:burst 20000")
            for number in 0..<20_000 { #expect(await Self.message(&events) == .text("burst \(number)")) }
            await client.disconnect()
        }
    }
}
