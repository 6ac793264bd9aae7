import EngineIO
import NIOCore
import SocketIO
import Testing

@testable import EngineIOClient
@testable import SocketIOClient

/// Events and acks of a session that is connected.
struct PacketsTests {
    // MARK: From the server

    @Test func eventsAndAcksAreDelivered() throws {
        let client = MemoryClient()
        try client.connected(["/", "/a"])
        try client.receive(#"2["x",1]"#, #"2/a,7["y"]"#, "31[true]", "3/a,1[]")
        #expect(
            client.events == [#"event / ["x",1]"#, #"event /a 7["y"]"#, "ack / 1 [true]", "ack /a 1 []"])
    }

    @Test func attachmentsComeWithTheirEvent() throws {
        let client = MemoryClient()
        try client.connected()
        try client.receive(#"52-3["x"]"#)
        #expect(client.events == [])
        try client.receive(binary: Array("abc".utf8))
        // A ping between them changes nothing.
        try client.transport.receive("2")
        try client.receive(binary: Array("d".utf8))
        try client.receive("61-5[]")
        try client.receive(binary: [])
        #expect(client.events == [#"event / 3["x"] + abc + d"#, "ack / 5 [] + "])
    }

    @Test func packetsForNobodyAreIgnored() throws {
        let client = MemoryClient()
        try client.connected()
        try client.receive(
            #"2/b,["x"]"#, #"2/b["x"]"#, "3[]", "3-1[]".replacing("-1", with: "99999999999999999999"), "1/b",
            #"2["y"]"#)
        #expect(client.events == [#"event / ["y"]"#])
    }

    @Test func answersThatNobodyWaitsForAreIgnored() throws {
        let client = MemoryClient()
        try client.connected()
        try client.receive(
            #"0{"sid":"again"}"#, #"0/b,{"sid":"b"}"#, #"4{"message":"late"}"#, #"2["y"]"#)
        #expect(client.events == [#"event / ["y"]"#])
    }

    @Test func eventsBeforeConnectAreHeld() throws {
        let client = MemoryClient()
        #expect(client.connect(["/", "/a"]))
        try client.open(#"21["first"]"#, #"51-["second"]"#)
        try client.receive(binary: Array("abc".utf8))
        try client.receive(#"2/a,["other"]"#, #"0/a,{"sid":"A"}"#)
        #expect(client.events.suffix(2) == [#"event /a ["other"]"#, "connected /a A"])
        #expect(client.sent == ["0{}", "0/a,{}"])
        // The handler of the first event leaves nothing for later.
        client.delegate.reaction = { _ in client.delegate.reaction = { _ in } }
        try client.receive(#"0{"sid":"N"}"#)
        #expect(
            client.events.suffix(4) == [
                #"event / 1["first"]"#, #"event / ["second"] + abc"#, "connected / N", "ready",
            ])
        // They can be answered once the namespace is connected.
        #expect(client.acknowledge(client.delegate.received[1], "[2]") == .sent(ackID: 0))
        #expect(client.sent.last == "31[2]")
    }

    @Test func aHeldEventMayEndTheSession() throws {
        let client = MemoryClient()
        #expect(client.connect())
        try client.open(#"2["a"]"#, #"2["b"]"#)
        client.delegate.reaction = {
            if $0.hasPrefix("event") { client.session.disconnect(timeout: .zero, abort: true) }
        }
        try client.receive(#"0{"sid":"N"}"#)
        #expect(client.events == ["attempt 0", "engine opened", #"event / ["a"]"#, "failed"])
    }

    @Test func heldEventsAreLimited() throws {
        let client = MemoryClient { $0.engine.maximumMessageSize = 300 }
        #expect(client.connect())
        try client.open(#"2["a"]"#, #"2["b"]"#, #"2["c"]"#)
        #expect(client.events.last == "failed")
        #expect(
            client.delegate.error?.error.cause
                == #"the server sent more events before its CONNECT than 300 bytes (max_message_size): 2["c"]"#)
    }

    @Test func anIllegalPacketEndsTheSessionAndWhatComesAfterItIsDropped() throws {
        let client = MemoryClient { $0.reconnection.isEnabled = false }
        try client.connected(["/", "/a"])
        let long = String(repeating: "é", count: 100)
        try client.receive(#"2["a"]"#, "7\(long)", #"2["b"]"#, "abc")
        #expect(
            client.events == [
                #"event / ["a"]"#, "disconnected /: transport error", "disconnected /a: transport error",
                "ended: transport error, unwritten 0",
            ])
        #expect(client.delegate.detail?.cause == .parse)
        // 80 bytes are shown, and the character at the limit is not cut.
        let quote = "7" + String(repeating: "é", count: 39) + "…"
        #expect(client.delegate.detail?.message?.hasSuffix("plain Engine.IO?: \(quote)") == true)
    }

    /// A polling body is read to its end although the session is over.
    @Test func theRestOfABodyIsNotReadAfterAnIllegalPacket() throws {
        let client = MemoryClient()
        #expect(client.connect())
        try client.open()
        let transport = try client.transport
        transport.hasUnreadPackets = true
        try client.receive("abc", #"0{"sid":"late"}"#, #"2["late"]"#, "def")
        #expect(client.events == ["attempt 0", "engine opened"])
        #expect(!transport.session.bodyRead(by: transport))
        client.run()
        #expect(client.events.last == "failed")
        #expect(client.delegate.error?.error.cause?.hasSuffix(": abc") == true)
    }

    @Test func thePayloadsReaderFindsAnIllegalPacket() throws {
        let client = MemoryClient()
        try client.connected()
        try client.receive(#"2["bad"]"#, #"2["b"]"#)
        #expect(client.events[1] == "disconnected /: transport error, will reconnect")
        #expect(client.delegate.detail?.message == #"the server sent a bad event: ["bad"]"#)
    }

    @Test func binaryWithoutAPacketIsShownInHexadecimal() throws {
        let client = MemoryClient()
        try client.connected()
        try client.receive(binary: [0x83, 0xA4, 0x00])
        #expect(
            client.delegate.detail?.message
                == "the server sent a binary message that no packet has announced; it begins with the byte 0x83: "
                + "the server uses msgpack: 83 a4 00")
    }

    @Test func anIncompletePacketEndsWithItsSession() throws {
        let client = MemoryClient()
        try client.connected()
        try client.receive(#"51-["x"]"#)
        try client.lose()
        client.passPause(1)
        try client.open(#"0{"sid":"b"}"#, #"2["y"]"#)
        #expect(client.events.last == #"event / ["y"]"#)
    }

    // MARK: To the server

    @Test func acksHaveANumberInEachNamespace() throws {
        let client = MemoryClient()
        try client.connected(["/", "/a"])
        #expect(client.emit(#"["x"]"#) == .sent(ackID: 0))
        #expect(client.emit(#"["x"]"#, wantsAck: true) == .sent(ackID: 1))
        #expect(client.emit(#"["y",1]"#, "/a", wantsAck: true) == .sent(ackID: 1))
        #expect(client.emit(#"["z"]"#, wantsAck: true) == .sent(ackID: 2))
        #expect(client.sent == [#"2["x"]"#, #"21["x"]"#, #"2/a,1["y",1]"#, #"22["z"]"#])
        #expect(client.emit(#"["x"]"#, "/b") == .notConnected(.unknown))
    }

    @Test func theIdsBeginAgainWithTheNextSession() throws {
        let client = MemoryClient()
        try client.connected()
        client.emit(#"["x"]"#, wantsAck: true)
        try client.lose()
        #expect(client.emit(#"["x"]"#) == .notConnected(.reconnecting))
        client.passPause(1)
        try client.open(#"0{"sid":"b"}"#)
        #expect(client.emit(#"["x"]"#, wantsAck: true) == .sent(ackID: 1))
    }

    @Test func attachmentsFollowTheirPacketEvenIfTooMuchWaits() throws {
        let client = MemoryClient()
        try client.connected()
        let transport = try client.transport
        transport.sendResult = .full
        #expect(client.emit(#"["x"]"#, wantsAck: true, attachments: ["abc", ""]) == .full(ackID: 1))
        #expect(client.sent == [#"52-1["x"]"#, "abc", ""])
        #expect(transport.waiting.map(\.kind) == [.text, .binary, .binary])
        transport.session.writable()
        #expect(client.events == ["writable"])
    }

    /// The limit is reached by the packet itself: its attachments are sent nevertheless.
    @Test func aPacketThatCannotWaitIsRefusedAsAWhole() throws {
        let client = MemoryClient()
        try client.connected()
        try client.transport.limit = 1
        #expect(client.emit(#"["x"]"#, attachments: ["abc", "d"], mayWait: false) == .sent(ackID: 0))
        #expect(client.sent == [#"52-["x"]"#, "abc", "d"])
        #expect(client.emit(#"["y"]"#, wantsAck: true, attachments: ["e"], mayWait: false) == .refused)
        #expect(client.sent.count == 3)
        // Its number is that of the next.
        #expect(client.emit(#"["y"]"#, wantsAck: true) == .sent(ackID: 1))
    }

    @Test func invalidTextIsNotSent() throws {
        let client = MemoryClient()
        try client.connected()
        try client.transport.sendResult = .separator(3)
        #expect(client.emit(#"["x"]"#) == .invalidText(3))
    }

    @Test func anEventIsAnsweredInItsOwnConnectionOnly() throws {
        let client = MemoryClient()
        try client.connected(["/", "/a"])
        let digits = "12345678901234567890123"
        try client.receive("2/a,\(digits)[\"x\"]", #"20["y"]"#)
        let (first, second) = (client.delegate.received[0], client.delegate.received[1])
        #expect(client.acknowledge(first, "[1]") == .sent(ackID: 0))
        #expect(client.acknowledge(second, "[]", attachments: ["abc"]) == .sent(ackID: 0))
        #expect(client.sent == ["3/a,\(digits)[1]", "61-0[]", "abc"])
        // The server leaves, and is joined again.
        try client.receive("1/a")
        #expect(client.acknowledge(first, "[2]") == .notConnected(.disconnected))
        #expect(client.session.join("/a", nil))
        try client.receive(#"0/a,{"sid":"again"}"#)
        #expect(client.acknowledge(first, "[3]") == .notConnected(.disconnected))
        // The connection is lost, and made again.
        try client.lose()
        #expect(client.acknowledge(second, "[]") == .notConnected(.reconnecting))
        client.passPause(1)
        try client.open(#"0{"sid":"x"}"#, #"0/a,{"sid":"y"}"#)
        #expect(client.acknowledge(second, "[4]") == .notConnected(.disconnected))
        #expect(client.sent == ["0{}", "0/a,{}"])
    }

    @Test func readingStaysPausedInTheNextSession() throws {
        let client = MemoryClient()
        try client.connected()
        client.session.setReading(false)
        #expect(try client.transport.calls.last == "setReading false")
        try client.lose()
        client.passPause(1)
        #expect(try client.transport.calls.first == "setReading false")
        client.session.setReading(true)
        #expect(try client.transport.calls.last == "setReading true")
    }

    @Test func theBufferIsThatOfTheSession() throws {
        let client = MemoryClient()
        #expect(client.session.bufferedBytes == 0)
        try client.connected()
        client.emit(#"["x"]"#)
        #expect(client.session.bufferedBytes == 6)
        client.session.notifyDrained()
        #expect(client.events == ["drained"])
    }
}
