import EngineIO
import EngineIOClient
import NIOCore
import SocketIO
import Testing

@testable import SocketIOClient

/// A loss, and the attempts after it.
struct ReconnectingTests {
    @Test func aLostSessionIsMadeAgain() throws {
        let client = MemoryClient()
        try client.connected(["/b", "/a"])
        client.emit(#"["x"]"#, "/b")
        try client.lose()
        #expect(
            client.events == [
                "disconnected /b: transport error, will reconnect", "disconnected /a: transport error, will reconnect",
                "ended: transport error, unwritten 1, will reconnect",
            ])
        client.passPause(0.999)
        #expect(client.engines == 1)
        client.delegate.auth = #"{"fresh":1}"#
        client.passPause(0.001)
        #expect(client.engines == 2)
        try client.open()
        #expect(client.sent == [#"0/b,{"fresh":1}"#, #"0/a,{"fresh":1}"#])
        try client.accept(["/a", "/b"])
        #expect(
            client.events.suffix(5) == ["attempt 1", "engine opened", "connected /a a", "connected /b b", "ready"])
    }

    /// The server closes by a packet of Engine.IO, as a proxy or the end of its process does.
    @Test func theClosePacketIsALoss() throws {
        let client = MemoryClient()
        try client.connected()
        try client.transport.receive("1")
        client.run()
        #expect(client.events[0] == "disconnected /: server disconnect, will reconnect")
        client.passPause(1)
        #expect(client.events.last == "attempt 1")
    }

    @Test func withoutReconnectionALossIsTheEnd() throws {
        let client = MemoryClient { $0.reconnection.isEnabled = false }
        try client.connected()
        try client.lose()
        #expect(client.events == ["disconnected /: transport error", "ended: transport error, unwritten 0"])
        #expect(client.emit("[1]") == .notConnected(.disconnected))
        client.passPause(1000)
        #expect(client.engines == 1)
        try client.connected()
    }

    @Test func pausesGrowAndEndAtTheLimitOfAttempts() throws {
        let client = MemoryClient {
            $0.reconnection.attempts = 4
            $0.reconnection.delayMaximum = 3
        }
        try client.connected()
        try client.lose()
        for (number, pause) in [1.0, 2, 3, 3].enumerated() {
            client.passPause(pause - 0.001)
            #expect(client.engines == number + 1)
            client.passPause(0.001)
            #expect(client.engines == number + 2)
            client.delegate.events = []
            try client.refuse()
        }
        #expect(client.events == ["failed", "gave up"])
        client.passPause(1000)
        #expect(client.engines == 5)
        // The next connection has all attempts.
        try client.connected()
        try client.lose()
        client.passPause(1)
        try client.refuse()
        #expect(client.events.suffix(2) == ["attempt 1", "failed, will retry"])
    }

    @Test func aSuccessResetsThePauses() throws {
        let client = MemoryClient()
        try client.connected()
        try client.lose()
        client.passPause(1)
        try client.refuse()
        client.passPause(2)
        try client.open(#"0{"sid":"a"}"#)
        #expect(client.events.last == "ready")
        try client.lose()
        client.passPause(1)
        #expect(client.engines == 4)
    }

    @Test func aFirstAttemptIsRepeatedIfThatIsWanted() throws {
        let client = MemoryClient { $0.reconnection.attempts = 2 }
        #expect(client.connect(retries: true))
        try client.refuse()
        client.passPause(1)
        try client.open(#"4{"message":"not yet"}"#)
        try client.closed()
        client.passPause(2)
        try client.open(#"0{"sid":"a"}"#)
        #expect(
            client.events == [
                "attempt 0", "failed, will retry", "attempt 1", "engine opened", #"refused / {"message":"not yet"}"#,
                "failed, will retry", "attempt 2", "engine opened", "connected / a", "ready",
            ])
    }

    @Test func aFirstAttemptIsRepeatedUpToTheLimit() throws {
        let client = MemoryClient { $0.reconnection.attempts = 1 }
        #expect(client.connect(retries: true))
        try client.refuse()
        client.passPause(1)
        try client.refuse()
        #expect(client.events.suffix(2) == ["attempt 1", "failed"])
    }

    // MARK: Namespaces

    @Test func anAttemptWithoutAnswersFails() throws {
        let client = MemoryClient()
        try client.connected(["/", "/a"])
        try client.lose()
        client.passPause(1)
        try client.open(#"0{"sid":"a"}"#)
        client.passWaitTimeout()
        try client.closed()
        #expect(client.events.suffix(2) == ["disconnected /: client disconnect, will reconnect", "failed, will retry"])
        #expect(client.delegate.error?.silent == ["/a"])
        client.passPause(2)
        #expect(client.events.last == "attempt 2")
    }

    @Test func aRefusalOfAllIsAFailedAttempt() throws {
        let client = MemoryClient()
        try client.connected()
        try client.lose()
        client.passPause(1)
        try client.open(#"4{"message":"old token"}"#)
        try client.closed()
        #expect(client.events.suffix(2) == [#"refused / {"message":"old token"}"#, "failed, will retry"])
        client.passPause(2)
        try client.open(#"0{"sid":"a"}"#)
        #expect(client.events.last == "ready")
    }

    /// The accepted namespaces stay, and the others are asked for again with fresh credentials.
    @Test func aRefusalOfSomeIsRepeatedOnTheSameSession() throws {
        let client = MemoryClient()
        try client.connected(["/", "/a"])
        try client.lose()
        client.passPause(1)
        try client.open(#"0{"sid":"a"}"#, #"4/a,{"message":"old token"}"#)
        #expect(client.events.suffix(2) == [#"refused /a {"message":"old token"}"#, "ready"])
        client.delegate.auth = #"{"fresh":1}"#
        client.passPause(2)
        #expect(client.events.last == "rejoins /a")
        #expect(client.sent.last == #"0/a,{"fresh":1}"#)
        try client.receive(#"4/a,{"message":"still"}"#)
        client.passPause(4)
        #expect(client.events.last == "rejoins /a")
        try client.receive(#"0/a,{"sid":"b"}"#)
        #expect(client.events.last == "connected /a b")
        #expect(client.engines == 2)
    }

    @Test func aRefusedNamespaceIsGivenUpWithTheLastAttempt() throws {
        let client = MemoryClient { $0.reconnection.attempts = 2 }
        try client.connected(["/", "/a"])
        try client.lose()
        client.passPause(1)
        try client.open(#"0{"sid":"a"}"#, "4/a")
        client.passPause(2)
        try client.receive("4/a")
        client.passPause(1000)
        #expect(client.events.filter { $0.hasPrefix("rejoins") }.count == 1)
        #expect(client.emit("[1]", "/a") == .notConnected(.refused))
        #expect(client.emit("[1]") == .sent(ackID: 0))
    }

    @Test func namespacesThatWereLeftAreNotAskedForAgain() throws {
        let client = MemoryClient()
        try client.connected(["/", "/a", "/b", "/c"])
        try client.receive("1/a")
        #expect(client.session.leave("/b"))
        #expect(client.session.join("/d", nil))
        try client.lose()
        client.passPause(1)
        try client.open()
        #expect(client.sent == ["0{}", "0/c,{}", "0/d,{}"])
    }

    @Test func aNamespaceThatWasJoinedHasItsOwnAuthAgain() throws {
        let client = MemoryClient()
        client.delegate.auth = #"{"of":"all"}"#
        try client.connected()
        var auth = #"{"of":"a"}"#
        #expect(auth.withUTF8 { client.session.join("/a", UnsafeRawBufferPointer($0)) })
        #expect(client.session.join("/b", nil))
        try client.receive(#"0/a,{"sid":"a"}"#)
        try client.lose()
        // They are wanted anyway.
        #expect(client.session.join("/", nil))
        #expect(client.session.join("/a", nil))
        client.passPause(1)
        try client.open()
        #expect(client.sent == [#"0{"of":"all"}"#, #"0/a,{"of":"a"}"#, "0/b,{}"])
    }

    @Test func aRefusedJoinIsNotRepeated() throws {
        let client = MemoryClient()
        try client.connected()
        #expect(client.session.join("/a", nil))
        try client.receive("4/a")
        client.passPause(1000)
        #expect(client.events == ["refused /a "])
        try client.lose()
        client.passPause(1)
        try client.open()
        #expect(client.sent == ["0{}"])
    }

    // MARK: Stopping

    @Test func disconnectInThePause() throws {
        let client = MemoryClient()
        try client.connected()
        try client.lose()
        client.delegate.events = []
        client.disconnect()
        #expect(client.events == ["gave up by the program"])
        client.passPause(1000)
        #expect(client.engines == 1)
        #expect(client.connect())
    }

    @Test func aStoppedPauseDoesNotShortenAnother() throws {
        let client = MemoryClient()
        try client.connected()
        try client.lose()
        client.passPause(0.9)
        client.disconnect()
        try client.connected()
        try client.lose()
        client.passPause(0.9)
        #expect(client.engines == 2)
        client.passPause(0.1)
        #expect(client.engines == 3)
    }

    @Test func aStoppedPauseKeepsNothingAlive() throws {
        weak var session: SocketIOSession?
        do {
            let client = MemoryClient()
            try client.connected()
            try client.lose()
            session = client.session
        }
        #expect(session == nil)
    }

    @Test func disconnectInAnAttempt() throws {
        let client = MemoryClient()
        try client.connected()
        try client.lose()
        client.passPause(1)
        client.delegate.events = []
        client.disconnect()
        #expect(client.events == ["gave up by the program"])
        client.passPause(1000)
        #expect(client.engines == 2)
    }

    @Test func disconnectBeforeTheAddressIsKnown() throws {
        let client = MemoryClient()
        try client.connected()
        try client.lose()
        client.delegate.opens = false
        client.passPause(1)
        client.delegate.events = []
        client.disconnect()
        #expect(client.events == ["gave up by the program"])
        // The answer comes too late.
        try client.delegate.open()
        client.run()
        #expect(client.engines == 1)
    }

    @Test func disconnectWhileTheNamespacesConnect() throws {
        let client = MemoryClient()
        try client.connected(["/", "/a"])
        try client.lose()
        client.passPause(1)
        try client.open(#"0{"sid":"a"}"#)
        client.delegate.events = []
        client.disconnect()
        try client.closed()
        #expect(client.events == ["disconnected /: client disconnect", "gave up by the program"])
        client.passPause(1000)
        #expect(client.engines == 2)
    }

    @Test func disconnectInTheHandlerOfTheLoss() throws {
        let client = MemoryClient()
        try client.connected(["/", "/a"])
        client.delegate.reaction = { _ in
            client.delegate.reaction = { _ in }
            client.session.disconnect(timeout: .zero, abort: false)
        }
        try client.lose()
        #expect(
            client.events == [
                "disconnected /: transport error, will reconnect", "disconnected /a: transport error",
                "ended: transport error, unwritten 0", "gave up by the program",
            ])
        client.passPause(1000)
        #expect(client.engines == 1)
    }

    @Test func disconnectInAFirstAttempt() throws {
        let client = MemoryClient()
        #expect(client.connect())
        client.disconnect()
        #expect(client.events == ["attempt 0", "failed"])
        #expect(client.delegate.error?.description.hasPrefix("disconnected while connecting") == true)
        client.delegate.opens = false
        #expect(client.connect())
        client.disconnect()
        #expect(client.events.suffix(2) == ["attempt 0", "failed"])
    }

    @Test func connectAgainBeforeTheFirstHasBegun() throws {
        let client = MemoryClient()
        #expect(client.session.connect(SocketIOSession.Request(namespaces: ["/"])))
        client.session.disconnect(timeout: .zero, abort: false)
        #expect(client.connect())
        #expect(client.events == ["failed", "attempt 0"])
    }

    // MARK: Recovery

    @Test func theServerGoesOnAfterTheLastEvent() throws {
        let client = MemoryClient { $0.recoversConnectionState = true }
        #expect(client.connect())
        try client.open(#"0{"sid":"a","pid":"P\"1"}"#)
        #expect(client.sent == ["0{}"])
        // Of the last only the name is a string, and an event with an ack has no offset.
        try client.receive(#"2["x",1,"o\"1\\"]"#, #"2["y"]"#, #"21["z","no"]"#, #"2["z",{"a":"b"}]"#)
        try client.lose()
        client.delegate.auth = #" { "token":1}"#
        client.passPause(1)
        try client.open(#"2["missed","o2"]"#, #"0{"sid":"a","pid":"P\"1"}"#)
        #expect(client.sent == [#"0{"pid":"P\"1","offset":"o\"1\\","token":1}"#])
        #expect(client.events.suffix(3) == [#"event / ["missed","o2"]"#, "connected / a recovered", "ready"])
        try client.lose()
        client.passPause(1)
        client.delegate.auth = nil
        try client.open(#"0{"sid":"b","pid":"other"}"#)
        #expect(client.sent == [#"0{"pid":"P\"1","offset":"o2"}"#])
        #expect(client.events.suffix(2) == ["connected / b", "ready"])
        try client.lose()
        client.passPause(1)
        try client.open()
        #expect(client.sent == [#"0{"pid":"other"}"#])
    }

    @Test func withoutTheOptionNothingIsRecovered() throws {
        let client = MemoryClient()
        #expect(client.connect())
        try client.open(#"0{"sid":"a","pid":"P"}"#, #"2["x","o"]"#)
        try client.lose()
        client.passPause(1)
        try client.open(#"0{"sid":"a","pid":"P"}"#)
        #expect(client.sent == ["0{}"])
        #expect(client.events.suffix(2) == ["connected / a", "ready"])
    }
}
