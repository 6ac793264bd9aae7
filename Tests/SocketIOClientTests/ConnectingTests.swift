import EngineIO
import EngineIOClient
import SocketIO
import Testing

@testable import SocketIOClient

/// From `connect` to the answers of all namespaces.
struct ConnectingTests {
    @Test func eachNamespaceIsAskedForInItsOrder() throws {
        let client = MemoryClient()
        client.delegate.auth = #"{"token":"x"}"#
        #expect(client.connect(["/", "/b", "/", "/a"]))
        #expect(client.events == ["attempt 0"])
        try client.open()
        #expect(client.sent == [#"0{"token":"x"}"#, #"0/b,{"token":"x"}"#, #"0/a,{"token":"x"}"#])
        try client.receive(#"0/a,{"sid":"A"}"#, #"0{"sid":"N","pid":null,"extra":1}"#)
        #expect(client.events == ["attempt 0", "engine opened", "connected /a A", "connected / N"])
        try client.receive(#"0/b,{"sid":"B"}"#)
        #expect(client.events.suffix(2) == ["connected /b B", "ready"])
        #expect(!client.connect())
    }

    /// The program asks somebody for the address and for the token.
    @Test func theProgramMayAnswerLater() throws {
        let client = MemoryClient()
        client.delegate.opens = false
        client.delegate.authenticates = false
        #expect(client.connect())
        #expect(client.engines == 0)
        try client.delegate.open()
        client.run()
        try client.open()
        #expect(client.sent == [])
        client.delegate.authenticate()
        #expect(client.sent == ["0{}"])
        // A second answer is not sent.
        client.delegate.authenticate()
        #expect(client.sent == ["0{}"])
        try client.accept(["/"])
        #expect(client.events == ["attempt 0", "engine opened", "connected / a", "ready"])
    }

    @Test func withoutWaitingTheAnswersComeLater() throws {
        let client = MemoryClient()
        #expect(client.connect(["/", "/a"], waits: false))
        try client.open()
        #expect(client.events == ["attempt 0", "engine opened", "ready"])
        #expect(client.emit("[1]") == .notConnected(.connecting))
        try client.receive(#"4/a,{"message":"no"}"#, #"0{"sid":"a"}"#)
        #expect(client.events.suffix(2) == [#"refused /a {"message":"no"}"#, "connected / a"])
        #expect(client.emit("[1]") == .sent(ackID: 0))
        #expect(client.emit("[1]", "/a") == .notConnected(.refused))
        #expect(client.emit("[1]", "/b") == .notConnected(.unknown))
    }

    @Test func withoutWaitingAnAllRefusedSessionEnds() throws {
        let client = MemoryClient()
        #expect(client.connect(waits: false))
        try client.open(#"4{"message":"no"}"#)
        try client.closed()
        #expect(client.events.suffix(2) == [#"refused / {"message":"no"}"#, "ended: server disconnect, unwritten 0"])
        #expect(client.delegate.detail?.message == "the server has refused the last namespace, /: no")
    }

    // MARK: Failures

    @Test func oneRefusedNamespaceFailsAllOfThem() throws {
        let client = MemoryClient()
        #expect(client.connect(["/", "/random", "/c"]))
        try client.open(#"4/random,{"message":"Invalid namespace"}"#, #"0{"sid":"a"}"#)
        #expect(client.events.suffix(2) == [#"refused /random {"message":"Invalid namespace"}"#, "connected / a"])
        try client.receive(#"4/c,"Unable to connect""#)
        try client.closed()
        #expect(
            client.events.suffix(3) == [
                #"refused /c "Unable to connect""#, "disconnected /: client disconnect", "failed",
            ])
        let error = try #require(client.delegate.error)
        #expect(error.refused == ["/random", "/c"])
        #expect(error.silent == [])
        #expect(error.error.phase == .namespace)
        #expect(
            error.description
                == "One or more namespaces failed to connect: /random: Invalid namespace; /c: Unable to connect")
        // The session is closed, and nothing is tried again.
        #expect(client.sent == [])
        client.passPause(100)
        #expect(client.engines == 1)
        #expect(client.emit("[1]", "/c") == .notConnected(.refused))
        #expect(client.connect())
    }

    @Test func aNamespaceThatIsNotAnsweredFailsInTime() throws {
        let client = MemoryClient()
        #expect(client.connect(["/", "/a"]))
        try client.open(#"0{"sid":"a"}"#)
        client.passWaitTimeout()
        // The one that is connected is left.
        #expect(client.sent.last == "1")
        try client.closed()
        #expect(client.events.suffix(2) == ["disconnected /: client disconnect", "failed"])
        #expect(client.delegate.error?.silent == ["/a"])
        #expect(client.delegate.error?.error.cause == "/a: no answer within 5 s")
    }

    @Test func refusalsOfEveryForm() throws {
        for (text, payload) in [
            (#"4"#, ""), (#"44"#, ""), (#"4["a","b"]"#, #"["a","b"]"#), (#"4"text""#, #""text""#),
        ] {
            let client = MemoryClient()
            #expect(client.connect())
            try client.open(text)
            try client.closed()
            #expect(client.events.suffix(2) == ["refused / \(payload)", "failed"])
        }
    }

    @Test(arguments: [
        ("0", "a CONNECT packet without a sid: it speaks Socket.IO 2, which is too old"),
        (
            "0{}",
            "a CONNECT packet without a sid; does it speak plain Engine.IO, and send back what it gets?"
        ),
        (#"0{"sid":5,"pid":"secret"}"#, "a CONNECT packet whose sid is not a string"),
        (#"0{"sid":"#, "a CONNECT packet that is not valid JSON"),
        ("2", "an event without a payload: 2"),
        (#"4{"message":"#, #"a refusal that is not valid JSON: 4{"message":"#),
        (
            #"{"hello":1}"#,
            #"a message that is not a Socket.IO packet; does the server speak plain Engine.IO?: {"hello":1}"#
        ),
    ])
    func answersThatBreakTheRules(text: String, problem: String) throws {
        let client = MemoryClient()
        #expect(client.connect())
        try client.open(text, #"0{"sid":"too late"}"#)
        #expect(client.events == ["attempt 0", "engine opened", "failed"])
        #expect(client.delegate.error?.error.cause == "the server sent \(problem)")
        #expect(
            client.delegate.error?.error.message
                == "the server opened the Engine.IO session, but did not answer Socket.IO's CONNECT")
    }

    /// The server accepts and leaves at once.
    @Test func aNamespaceThatIsLeftWhileOthersConnect() throws {
        let client = MemoryClient()
        #expect(client.connect(["/", "/a"]))
        try client.open(#"0{"sid":"a"}"#, "1", #"0/a,{"sid":"b"}"#)
        #expect(client.events.suffix(3) == ["disconnected /: server disconnect", "connected /a b", "ready"])
        let other = MemoryClient()
        #expect(other.connect(["/", "/a"], retries: true))
        try other.open(#"0{"sid":"a"}"#, "1", "1/a,")
        try other.closed()
        #expect(other.events.suffix(2) == ["disconnected /: server disconnect", "failed"])
        #expect(other.delegate.error?.error.phase == .namespace)
        #expect(other.delegate.error?.error.cause == "server disconnect")
    }

    @Test func theLossOfAnEngineThatConnects() throws {
        let client = MemoryClient()
        #expect(client.connect())
        try client.refuse()
        #expect(client.events == ["attempt 0", "failed"])
        #expect(client.delegate.error?.error.phase == .tcp)
        #expect(client.connect())
        try client.open()
        try client.lose()
        #expect(client.events.suffix(2) == ["engine opened", "failed"])
        #expect(
            client.delegate.error?.description
                == "the server opened the Engine.IO session, but did not answer Socket.IO's CONNECT: gone")
        #expect(client.connect(["/", "/a"]))
        try client.open(#"4"no""#)
        try client.lose()
        #expect(client.delegate.error?.description == "the session ended while connecting: gone")
    }

    /// The loop has not run between the open packet and the mistake of the server.
    @Test func aRuleIsBrokenBeforeConnectingWaits() throws {
        let client = MemoryClient()
        #expect(client.connect())
        try client.transport.receive(#"0{"sid":"S","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#)
        try client.transport.receive("4hello")
        client.run()
        #expect(client.events == ["attempt 0", "engine opened", "failed"])
    }

    @Test func aServerThatAnswersNothing() throws {
        let client = MemoryClient()
        #expect(client.connect(["/", "/a"]))
        try client.open()
        client.passWaitTimeout()
        try client.closed()
        #expect(
            client.delegate.error?.description
                == "One or more namespaces failed to connect: /, /a: the server opened the Engine.IO session, but did "
                + "not answer Socket.IO's CONNECT within 5 s; does it speak plain Engine.IO?")
        #expect(client.delegate.error?.silent == ["/", "/a"])
    }

    @Test func theProgramFailsInAnAttempt() throws {
        let client = MemoryClient { $0.reconnection.delay = 1 }
        client.delegate.opens = false
        #expect(client.connect(retries: true))
        client.session.reject(SocketIOConnectError(ConnectionError(.open, "no address")))
        client.run()
        #expect(client.events == ["attempt 0", "failed"])
        client.delegate.opens = true
        #expect(client.connect())
        try client.open(#"0{"sid":"a"}"#)
        #expect(client.events.last == "ready")
    }

    /// A connect handler may have its turn after all namespaces have answered.
    @Test func aConnectHandlerFailsLate() throws {
        let client = MemoryClient()
        try client.connected()
        client.session.connectHandlerFailed(SocketIOConnectError(ConnectionError(.namespace, "no way")))
        #expect(try client.transport.sent.last == "1")
        try client.closed()
        #expect(client.events == ["disconnected /: client disconnect", "failed"])
        client.passPause(1000)
        #expect(client.engines == 1)
        try client.connected()
    }
}
