import EngineIO
import EngineIOClient
import NIOCore
import SocketIO
import SocketIOClient
import Testing

/// The Socket.IO client against python-socketio.
@Suite(.needsPython, .timeLimit(.minutes(5))) struct PythonSocketIOTests {
    static let ways: [[Transport]] = [[.polling], [.websocket], [.polling, .websocket]]

    private static func run(_ body: (PythonServer) async throws -> Void) async throws {
        try await PythonServer.run("socketio_server.py", body)
    }

    private static func options(
        _ server: PythonServer, _ namespaces: [String] = ["/"], by transports: [Transport] = [.polling, .websocket]
    ) throws -> SocketIOConnectOptions {
        var options = SocketIOConnectOptions(url: try ServerURL(server.url))
        options.engine.transports = transports
        options.namespaces = namespaces
        return options
    }

    /// The next event with this name in any namespace.
    private static func event(
        _ name: String, _ iterator: inout SocketIOClientEvents.AsyncIterator
    ) async -> SocketIOEvent? {
        while let event = await iterator.next() {
            if case .event(let event) = event, event.name == name { return event }
        }
        return nil
    }

    @Test(arguments: ways) func eventsAndAcksWithEveryKindOfArgument(_ transports: [Transport]) async throws {
        try await Self.run { server in
            let client = SocketIOClient()
            try await client.connect(try Self.options(server, by: transports))
            var events = client.events.makeAsyncIterator()
            let arguments: [SocketIOValue] = [
                "grüße €\u{1E}", 1, 2.5, nil, true, ["a": [1, .bytes([0, 1, 254])], "b": .object([])],
                .bytes([UInt8](repeating: 7, count: 100_000)), [],
            ]
            try await client.emit(
                "echo", arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5],
                arguments[6], arguments[7])
            #expect(await Self.event("echoed", &events)?.arguments == arguments)
            #expect(
                try await client.call("ack", "a", .bytes([1]), ["x": .bytes([])]) == [
                    "a", .bytes([1]), ["x": .bytes([])],
                ])
            #expect(try await client.call("ack") == [])
            #expect(await client.disconnect() == 0)
            #expect(await client.sid() == nil)
        }
    }

    @Test func theServerAsksTheClient() async throws {
        try await Self.run { server in
            let client = SocketIOClient()
            try await client.connect(to: server.url, auth: ["token": "t"])
            var events = client.events.makeAsyncIterator()
            // An event that came before CONNECT, and after it in the sequence nothing is missing.
            #expect(await Self.event("hello", &events)?.arguments == [["auth": ["token": "t"]]])
            try await client.emit("question", "really?")
            let question = try #require(await Self.event("question", &events))
            #expect(question.arguments == ["really?"])
            #expect(question.wantsAck)
            try await client.acknowledge(question, with: "yes", .bytes([1, 2]))
            try await client.acknowledge(question, with: "once more")
            #expect(await Self.event("answer", &events)?.arguments == ["yes", .bytes([1, 2])])
            await client.disconnect()
        }
    }

    @Test func namespacesAreApart() async throws {
        try await Self.run { server in
            let client = SocketIOClient()
            var options = try Self.options(server, ["/chat", "/", "/private"])
            options.auth = ["token": "good"]
            try await client.connect(options)
            let (main, chat) = (await client.sid(), await client.sid(in: "/chat"))
            #expect(main != nil && chat != nil && main != chat)
            #expect(try await client.call("ack", 1, namespace: "/chat") == [1])
            await #expect(throws: SocketIOClientError.notConnected) { try await client.emit("x", namespace: "/other") }
            try await client.leave("/chat")
            await #expect(throws: SocketIOClientError.notConnected) { try await client.emit("x", namespace: "/chat") }
            try await client.join("/chat")
            #expect(try await client.call("ack", 2, namespace: "/chat") == [2])
            await #expect(throws: SocketIOClientError.alreadyConnected) { try await client.join("/chat") }
            let error = await #expect(throws: SocketIOConnectError.self) { try await client.join("/unknown") }
            #expect(error?.description == "the server has refused the namespace /unknown: Unable to connect")
            await client.disconnect()
        }
    }

    @Test func aRefusalSaysWhy() async throws {
        try await Self.run { server in
            let client = SocketIOClient()
            let error = await #expect(throws: SocketIOConnectError.self) {
                try await client.connect(to: server.url, namespaces: ["/", "/private"], auth: ["token": "other"])
            }
            #expect(error?.refused == ["/private"])
            #expect(error?.error.phase == .namespace)
            #expect(error?.description == "One or more namespaces failed to connect: /private: not authorized")
            #expect(await client.sid() == nil)
            for await event in client.events {
                guard case .refused("/private", let reason) = event else { continue }
                #expect(reason == ["message": "not authorized", "data": ["code": 7]])
                break
            }
            // Fresh credentials are all that is missing.
            try await client.connect(to: server.url, namespaces: ["/private"], auth: ["token": "good"])
            await client.disconnect()
        }
    }

    @Test func callsEndWithTheirTimeOrTheirNamespace() async throws {
        try await Self.run { server in
            let client = SocketIOClient()
            try await client.connect(try Self.options(server, ["/", "/chat"]))
            await #expect(throws: SocketIOClientError.timeout) {
                try await client.call("silence", timeout: .milliseconds(50))
            }
            // The server leaves the namespace instead of answering.
            await #expect(throws: SocketIOClientError.notConnected) {
                try await client.call("kick", namespace: "/chat")
            }
            // The other namespace goes on.
            #expect(try await client.call("ack", 1) == [1])
            await client.disconnect()
        }
    }

    @Test(arguments: ways) func aLostConnectionIsMadeAgain(_ transports: [Transport]) async throws {
        try await Self.run { server in
            var configuration = SocketIOConfiguration()
            configuration.reconnection.delay = 0.01
            let client = SocketIOClient(configuration: configuration)
            var options = try Self.options(server, ["/", "/chat"], by: transports)
            let tokens = Tokens()
            options.makeAuth = { await tokens.next() }
            try await client.connect(options)
            let first = await client.sid()
            var events = client.events.makeAsyncIterator()
            try await client.emit("drop")
            var seen: [String] = []
            while seen.count < 6, let event = await events.next() {
                switch event {
                case .connected(let namespace, _, _): seen.append("connected \(namespace)")
                case .disconnected(let namespace, _, _, let willReconnect):
                    #expect(willReconnect)
                    seen.append("disconnected \(namespace)")
                default: break
                }
            }
            #expect(
                seen == [
                    "connected /", "connected /chat", "disconnected /", "disconnected /chat", "connected /",
                    "connected /chat",
                ])
            #expect(try await client.call("ack", 3, namespace: "/chat") == [3])
            #expect(await client.sid() != first)
            #expect(await tokens.count == 2)
            await client.disconnect()
        }
    }

    /// Counts the credentials that were made.
    private actor Tokens {
        private(set) var count = 0

        func next() -> SocketIOValue {
            self.count += 1
            return ["token": .string("\(self.count)")]
        }
    }

    @Test func theServerEndsTheLastNamespace() async throws {
        try await Self.run { server in
            let client = SocketIOClient()
            try await client.connect(to: server.url)
            try await client.emit("kick")
            for await event in client.events {
                guard case .disconnected(let namespace, let reason, _, let willReconnect) = event else { continue }
                #expect(namespace == "/")
                #expect(reason == .serverDisconnect)
                #expect(!willReconnect)
                break
            }
            await #expect(throws: SocketIOClientError.notConnected) { try await client.emit("late") }
        }
    }

    /// The answer comes after more events than wait for their reader.
    @Test func aCallAmongUnreadEventsIsAnswered() async throws {
        try await Self.run { server in
            let client = SocketIOClient()
            try await client.connect(try Self.options(server, by: [.websocket]))
            #expect(try await client.call("burst", 5000) == [5000])
            var (events, numbers) = (client.events.makeAsyncIterator(), 0)
            while numbers < 5000, let event = await Self.event("burst", &events) {
                #expect(event.arguments == [.integer(numbers)])
                numbers += 1
            }
            #expect(numbers == 5000)
            #expect(try await client.call("ack", 1) == [1])
            await client.disconnect()
        }
    }

    @Test func wrongUsesSayWhy() async throws {
        try await Self.run { server in
            let client = SocketIOClient()
            await #expect(throws: SocketIOClientError.notConnected) { try await client.emit("x") }
            for name in ["chat", "/a,b", "/a?b", ""] {
                await #expect(throws: SocketIOClientError.invalidName) {
                    try await client.connect(to: server.url, namespaces: [name])
                }
            }
            for auth in ["text", [1], 5] as [SocketIOValue] {
                await #expect(throws: SocketIOValueError.notAnObject) {
                    try await client.connect(to: server.url, auth: auth)
                }
            }
            await #expect(throws: SocketIOValueError.bytesInConnect) {
                try await client.connect(to: server.url, auth: ["a": .bytes([1])])
            }
            try await client.connect(to: server.url)
            await #expect(throws: SocketIOClientError.alreadyConnected) { try await client.connect(to: server.url) }
            await #expect(throws: SocketIOClientError.invalidName) { try await client.emit("connect") }
            await #expect(throws: SocketIOValueError.notFinite) { try await client.emit("x", .double(.nan)) }
            await client.disconnect()
        }
    }

    @Test func aCancelledConnectLeavesNothing() async throws {
        let silent = try SilentServer()
        defer { silent.close() }
        let client = SocketIOClient()
        let url = "http://127.0.0.1:\(silent.port)"
        let connecting = Task { try await client.connect(to: url) }
        try await silent.awaitConnection()
        connecting.cancel()
        await #expect(throws: CancellationError.self) { try await connecting.value }
        // It can be used again.
        let refused = await #expect(throws: SocketIOConnectError.self) {
            try await client.connect(to: "http://127.0.0.1:1")
        }
        #expect(refused?.error.phase == .tcp)
    }

    /// The server's handler waits for an answer of the client, which comes after the task is cancelled.
    @Test func aCancelledCallEndsAtOnce() async throws {
        try await Self.run { server in
            let client = SocketIOClient()
            try await client.connect(try Self.options(server, by: [.websocket]))
            var events = client.events.makeAsyncIterator()
            let calling = Task { try await client.call("question", 1) }
            let question = try #require(await Self.event("question", &events))
            calling.cancel()
            await #expect(throws: CancellationError.self) { try await calling.value }
            try await client.acknowledge(question, with: 2)
            #expect(await Self.event("answer", &events)?.arguments == [2])
            #expect(try await client.call("ack", 3) == [3])
            let early = Task {
                while !Task.isCancelled { await Task.yield() }
                return try await client.call("question", 4)
            }
            early.cancel()
            await #expect(throws: CancellationError.self) { try await early.value }
            #expect(try await client.call("ack", 5) == [5])
            await client.disconnect()
            // The second question was never sent.
            var questions = 0
            while let event = await events.next() {
                if case .event(let event) = event, event.name == "question" { questions += 1 }
                if case .disconnected = event { break }
            }
            #expect(questions == 0)
        }
    }

    @Test func credentialsThatCannotBeMade() async throws {
        struct NoToken: Error {}
        try await Self.run { server in
            let client = SocketIOClient()
            var options = try Self.options(server)
            options.makeAuth = { throw NoToken() }
            let error = await #expect(throws: SocketIOConnectError.self) { try await client.connect(options) }
            #expect(error?.description == "auth failed: NoToken()")
            #expect(await client.sid() == nil)
        }
    }
}
