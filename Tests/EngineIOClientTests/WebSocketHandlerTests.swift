import EngineIO
import EpollLoop
import Glibc
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import EngineIOClient

/// ``WebSocketHandler`` and its session, with a channel in memory.
struct WebSocketHandlerTests {
    private final class Fixture {
        let test: MemorySession
        let handler: WebSocketHandler
        let held = HeldWrites()
        let channel: EmbeddedChannel

        init(
            isOpen: Bool = true, beside neighbor: Fixture? = nil,
            _ configure: (inout ClientConfiguration) -> Void = { _ in }
        ) throws {
            self.test = try MemorySession(transports: [.websocket], beside: neighbor?.test, configure)
            let handler = WebSocketHandler(self.test.session)
            self.handler = handler
            self.channel = try .connected(on: self.test.eventLoop, self.held)
            _ = self.test.session.decide { $0.nextTransport() }
            _ = self.test.session.decide { $0.tries(handler) }
            handler.take(self.channel, isSecure: false)
            if isOpen { try self.receive(serverFrame(.text, MemorySession.openPacketWithoutUpgrades)) }
        }

        func receive(_ bytes: ByteBuffer) throws { _ = try? self.channel.writeInbound(bytes) }

        var events: [String] { self.test.delegate.events }
        var detail: DisconnectDetail? { self.test.delegate.detail }
    }

    // MARK: Reading

    @Test func theOpenPacketOpens() throws {
        let fixture = try Fixture(isOpen: false)
        #expect(fixture.test.send("x") == .notConnected)
        try fixture.receive(serverFrame(.text, MemorySession.openPacketWithoutUpgrades))
        #expect(fixture.events == ["opened websocket", "connected"])
        #expect(fixture.test.session.sender != nil)
    }

    @Test func messagesAreDeliveredHoweverTheyArePacked() throws {
        let fixture = try Fixture()
        var bytes = serverFrame(.text, "4one")
        bytes.writeImmutableBuffer(serverFrame(.binary, "two"))
        bytes.writeImmutableBuffer(serverFrame(.text, "4th", isFinal: false))
        bytes.writeImmutableBuffer(serverFrame(.ping, "p"))
        bytes.writeImmutableBuffer(serverFrame(.continuation, "ree"))
        let expected = ["text one", "binary two", "text three"]
        try fixture.receive(bytes)
        #expect(fixture.events.suffix(3) == expected[...])
        let pieces = try Fixture()
        for byte in bytes.readableBytesView { try pieces.receive(ByteBuffer(bytes: [byte])) }
        #expect(pieces.events.suffix(3) == expected[...])
        pieces.test.eventLoop.run()
        #expect(try pieces.channel.writtenFrames() == [SentFrame(.pong, "p")])
        #expect(pieces.test.loop.uncounted[.websocket].pointee.received == 3)
    }

    @Test func pingsOfBothKindsAreAnsweredOnce() throws {
        let fixture = try Fixture()
        var bytes = serverFrame(.text, "2a")
        bytes.writeImmutableBuffer(serverFrame(.text, "2b"))
        bytes.writeImmutableBuffer(serverFrame(.ping, "c"))
        bytes.writeImmutableBuffer(serverFrame(.ping, "d"))
        try fixture.receive(bytes)
        fixture.test.eventLoop.run()
        #expect(try fixture.channel.writtenFrames() == [SentFrame(.text, "3b"), SentFrame(.pong, "d")])
    }

    /// A server that pings and does not read costs one pong.
    @Test func oneWaitingPongIsReplaced() throws {
        let fixture = try Fixture()
        fixture.held.isHolding = true
        for text in ["2a", "2b", "2c"] {
            try fixture.receive(serverFrame(.text, text))
            fixture.test.eventLoop.run()
        }
        fixture.held.release()
        fixture.test.eventLoop.run()
        #expect(try fixture.channel.writtenFrames() == [SentFrame(.text, "3a"), SentFrame(.text, "3c")])
    }

    /// A pong this long is written at once, and the next ping is answered all the same.
    @Test func aPongOfAnyLengthIsFollowedByTheNext() throws {
        let fixture = try Fixture()
        let data = String(repeating: "a", count: PongSlot.mostData)
        var ping = ByteBuffer(bytes: [0x81, 127])
        ping.writeInteger(UInt64(1 + data.utf8.count))
        ping.writeString("2" + data)
        try fixture.receive(ping)
        fixture.test.eventLoop.run()
        #expect(try fixture.channel.writtenFrames() == [SentFrame(.text, "3" + data)])
        try fixture.receive(serverFrame(.text, "2b"))
        fixture.test.eventLoop.run()
        #expect(try fixture.channel.writtenFrames() == [SentFrame(.text, "3b")])
    }

    /// The loop flushes as many as a batch takes at once, in the middle of a turn; their pongs to later pings follow,
    /// and are more than a batch takes with the one that was added then.
    @Test func everyPingIsAnsweredHoweverManyThereAre() throws {
        var fixtures = [try Fixture()]
        while fixtures.count <= SocketBatch.limit { fixtures.append(try Fixture(beside: fixtures[0])) }
        for fixture in fixtures.dropLast() {
            for text in ["2a", "2b"] { try fixture.receive(serverFrame(.text, text)) }
        }
        #expect(try fixtures[0].channel.writtenFrames() == [])
        try fixtures.last?.receive(serverFrame(.text, "2b"))
        for fixture in fixtures.dropLast() {
            #expect(try fixture.channel.writtenFrames() == [SentFrame(.text, "3a")])
        }
        for fixture in fixtures { try fixture.receive(serverFrame(.text, "2c")) }
        fixtures[0].test.eventLoop.run()
        for fixture in fixtures {
            #expect(try fixture.channel.writtenFrames() == [SentFrame(.text, "3b"), SentFrame(.text, "3c")])
        }
    }

    @Test func aViolationClosesWithItsCode() throws {
        for (frame, code) in [
            (ByteBuffer(bytes: [0x81, 0x80, 0, 0, 0, 0]), 1002),
            (serverFrame(.text, "4" + String(repeating: "x", count: 101)), 1009),
            (ByteBuffer(bytes: [0x81, 2, 0x34, 0xFF]), 1007), (serverFrame(.continuation, "x"), 1002),
        ] {
            let fixture = try Fixture { $0.maximumMessageSize = 100 }
            try fixture.receive(frame)
            fixture.test.eventLoop.run()
            let sent = try fixture.channel.writtenFrames()
            #expect(sent == [SentFrame(.close, [UInt8(code >> 8), UInt8(code & 0xFF)])])
            #expect(!fixture.channel.isActive)
        }
    }

    @Test func aScriptThatIsBehindGetsNothing() throws {
        let fixture = try Fixture()
        fixture.test.session.setReading(false)
        try fixture.receive(serverFrame(.text, "4held"))
        fixture.test.eventLoop.advanceTime(by: .milliseconds(1))
        #expect(fixture.events.last == "connected")
        fixture.test.session.setReading(true)
        #expect(fixture.events.last == "connected")
        fixture.test.eventLoop.advanceTime(by: .milliseconds(1))
        #expect(fixture.events.last == "text held")
    }

    @Test func framesThatCameBeforeTheEndAreDeliveredBeforeIt() throws {
        let fixture = try Fixture()
        fixture.test.session.setReading(false)
        try fixture.receive(serverFrame(.text, "4last"))
        fixture.channel.pipeline.fireChannelInactive()
        fixture.test.eventLoop.advanceTime(by: .milliseconds(1))
        fixture.test.eventLoop.run()
        #expect(fixture.events.suffix(2) == ["text last", "closed: transport error, unwritten 0"])
        #expect(fixture.detail?.cause == .eof)
    }

    /// The first error of a connection counts, and none that comes after the connection was lost.
    @Test(arguments: [false, true])
    func theErrorOfTheConnectionIsTheCauseOfTheEnd(isBehind: Bool) throws {
        let fixture = try Fixture()
        if isBehind {
            fixture.test.session.setReading(false)
            try fixture.receive(serverFrame(.text, "4last"))
        }
        fixture.handler.readFailed(IOError(errnoCode: ECONNRESET, reason: "recv"))
        fixture.handler.readFailed(IOError(errnoCode: EPIPE, reason: "send"))
        fixture.handler.connectionClosed()
        fixture.handler.readFailed(IOError(errnoCode: EPIPE, reason: "send"))
        fixture.test.eventLoop.advanceTime(by: .milliseconds(1))
        fixture.test.eventLoop.run()
        #expect(fixture.events.suffix(2).first == (isBehind ? "text last" : "connected"))
        #expect(fixture.detail?.cause == .reset)
    }

    // MARK: Sending

    @Test func messagesAreSentInOneWrite() throws {
        let fixture = try Fixture()
        #expect(fixture.test.send("one") == .sent)
        #expect([1, 2].withUnsafeBytes { fixture.test.session.send(.binary, $0) } == .sent)
        #expect(fixture.test.session.bufferedBytes > 0)
        fixture.test.eventLoop.run()
        let buffer = try #require(try fixture.channel.readOutbound(as: ByteBuffer.self))
        #expect(try SentFrame.read(buffer).map(\.opcode) == [.text, .binary])
        #expect(try SentFrame.read(buffer)[0] == SentFrame(.text, "4one"))
        let traffic = fixture.test.loop.uncounted[.websocket].pointee
        #expect(traffic.accepted == 2)
        #expect(traffic.written == 2)
    }

    @Test func sendersWaitWhileTheChannelIsNotWritable() throws {
        let fixture = try Fixture()
        fixture.handler.writabilityChanged(false)
        #expect(fixture.test.send("kept") == .full)
        let refused = [1].withUnsafeBytes { fixture.test.session.send(.binary, $0, mayWait: false) }
        #expect(refused == .refused)
        fixture.handler.writabilityChanged(true)
        #expect(fixture.events.last == "writable")
        fixture.test.eventLoop.run()
        #expect(try fixture.channel.writtenFrames() == [SentFrame(.text, "4kept")])
    }

    /// Packets that waited for another transport come first, and a sender that waited for it is notified.
    @Test func takesOverWhatWaits() throws {
        let fixture = try Fixture()
        fixture.handler.acceptsMore = false
        _ = fixture.test.send("x")
        fixture.handler.acceptsMore = true
        var drain = DrainWaiters()
        drain.add { fixture.test.delegate.events.append("drained") }
        let packets = [
            Packet(type: .pong, data: ByteBuffer(string: "p")), Packet(type: .message, data: ByteBuffer(string: "m")),
            Packet(type: .message, kind: .binary, data: ByteBuffer(string: "b")),
        ]
        fixture.handler.takeOver(WaitingPackets(packets: CircularBuffer(packets), drain: drain))
        #expect(fixture.handler.unwrittenMessages == 3)
        fixture.test.eventLoop.run()
        let expected = [
            SentFrame(.text, "4x"), SentFrame(.text, "3p"), SentFrame(.text, "4m"), SentFrame(.binary, "b"),
        ]
        #expect(try fixture.channel.writtenFrames() == expected)
        #expect(fixture.events.suffix(2).sorted() == ["drained", "writable"])
    }

    // MARK: Closing

    @Test func closesOnBothLevelsAfterEverythingElse() throws {
        let fixture = try Fixture()
        _ = fixture.test.send("last")
        fixture.test.session.close(timeout: .seconds(5), abort: false)
        fixture.test.eventLoop.run()
        let close = SentFrame(.close, [0x03, 0xE8])
        #expect(try fixture.channel.writtenFrames() == [SentFrame(.text, "4last"), SentFrame(.text, "1"), close])
        // Nothing may follow a Close frame.
        try fixture.receive(serverFrame(.ping, "late"))
        fixture.test.eventLoop.run()
        #expect(try fixture.channel.writtenFrames().isEmpty)
        #expect(fixture.channel.isActive)
        try fixture.receive(ByteBuffer(bytes: [0x88, 2, 0x03, 0xE8]))
        fixture.test.eventLoop.run()
        #expect(!fixture.channel.isActive)
        #expect(fixture.events.last == "closed: client disconnect, unwritten 0")
    }

    @Test func aServerThatDoesNotAnswerTheCloseFrameIsNotAwaitedLong() throws {
        let fixture = try Fixture()
        _ = fixture.test.send("last")
        fixture.test.session.close(timeout: .seconds(60), abort: false)
        fixture.test.eventLoop.run()
        #expect(try fixture.channel.writtenFrames().last == SentFrame(.close, [0x03, 0xE8]))
        #expect(fixture.channel.isActive)
        fixture.test.eventLoop.advanceTime(by: ClientSession.closeGracePeriod)
        #expect(!fixture.channel.isActive)
        #expect(fixture.events.last == "closed: client disconnect, unwritten 0")
    }

    @Test func theCloseFrameWaitsForWhatTheSystemHasNotTaken() throws {
        let fixture = try Fixture()
        fixture.held.isHolding = true
        _ = fixture.test.send("slow")
        fixture.test.eventLoop.run()
        fixture.test.session.close(timeout: .seconds(5), abort: false)
        fixture.test.eventLoop.run()
        fixture.held.release()
        // Pings are answered until then.
        try fixture.receive(serverFrame(.ping, "p"))
        fixture.test.eventLoop.run()
        let sent = try fixture.channel.writtenFrames()
        #expect(sent.first == SentFrame(.text, "4slow"))
        #expect(sent.last == SentFrame(.close, [0x03, 0xE8]))
        #expect(sent.contains(SentFrame(.pong, "p")))
    }

    @Test func theServersCloseFrameIsAnsweredAndReported() throws {
        let fixture = try Fixture()
        try fixture.receive(ByteBuffer(bytes: [0x88, 5, 0x03, 0xE9] + Array("bye".utf8)))
        fixture.test.eventLoop.run()
        #expect(try fixture.channel.writtenFrames() == [SentFrame(.close, [0x03, 0xE9])])
        #expect(fixture.detail?.webSocketCode == 1001)
        #expect(fixture.detail?.webSocketReason == "bye")
        #expect(fixture.events.last == "closed: transport error, unwritten 0")
    }
}
