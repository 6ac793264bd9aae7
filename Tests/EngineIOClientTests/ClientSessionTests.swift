import EngineIO
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import EngineIOClient

/// ``ClientSession`` with transports in memory.
struct ClientSessionTests {
    @Test func theUpgradeTakesOverEverythingThatWaits() throws {
        let test = try MemorySession()
        let (source, target) = try test.upgrading()
        #expect(test.send("first") == .sent)
        #expect(source.sent == ["first"])
        test.session.connected(target, opensWithin: .seconds(5))
        target.receive("3probe")
        #expect(source.calls == ["open", "pause"])
        #expect(test.delegate.events == ["opened polling"])
        test.session.paused(source)
        #expect(source.calls == ["open", "pause", "handOver"])
        #expect(target.calls == ["open", "sendProbe", "confirmUpgrade"])
        #expect(test.delegate.events == ["opened polling", "upgraded", "connected"])
        #expect(test.send("second") == .sent)
        #expect(target.sent == ["first", "second"])
        target.receive("4hello")
        #expect(test.delegate.events.last == "text hello")
    }

    @Test func aFailedUpgradeLeavesTheSessionWhereItWas() throws {
        let test = try MemorySession()
        let (source, target) = try test.upgrading()
        test.session.closed(target, DisconnectDetail(.eof))
        #expect(target.calls == ["open", "drop"])
        #expect(source.calls == ["open", "start"])
        #expect(test.delegate.events == ["opened polling", "connected"])
        #expect(test.send("x") == .sent)
        #expect(source.sent == ["x"])
    }

    /// A transport that opens with its first packet is not upgraded, whatever the server offers.
    @Test func aTransportThatFramesMessagesConnectsWithItsFirstPacket() throws {
        let test = try MemorySession(transports: [.websocket])
        let transport = try test.connect()
        transport.receive(MemorySession.openPacket)
        #expect(test.delegate.events == ["opened websocket", "connected"])
        #expect(test.transports.count == 1)
        #expect(transport.calls == ["open", "start"])
    }

    @Test(arguments: [true, false]) func theNextTransportIsTriedIfThatIsWanted(triesAll: Bool) throws {
        let test = try MemorySession(triesAll: triesAll)
        let first = try test.connect()
        test.session.failed(first, OpeningFailure(error: ConnectionError(.tcp, "refused")))
        #expect(first.calls == ["open", "drop"])
        #expect(test.delegate.events == (triesAll ? [] : ["failed"]))
        #expect(test.transports.map(\.carrier.name) == (triesAll ? [.polling, .websocket] : [.polling]))
        guard triesAll else { return }
        // A late event of the first does not end the second.
        test.session.closed(first, DisconnectDetail(.eof))
        #expect(test.delegate.events.isEmpty)
        try test.last.receive("4too early")
        #expect(test.delegate.events == ["failed"])
        #expect(test.delegate.error?.description.contains("no open packet by websocket") == true)
    }

    @Test func anAnswerWithoutAPacketDoesNotOpen() throws {
        let test = try MemorySession()
        let transport = try test.connect()
        test.session.firstAnswerRead(by: transport)
        #expect(test.delegate.error?.cause == "the answer is empty")
        #expect(test.send("x") == .notConnected)
    }

    @Test func atMostFiveRedirectsAreFollowed() throws {
        let test = try MemorySession()
        var transport = try test.connect()
        let response = HTTPResponse(status: 302, headers: ["Location": "/"], body: ByteBuffer())
        let failure = OpeningFailure(error: ConnectionError(.http, "moved"), response: response)
        for _ in 0..<5 {
            test.session.failed(transport, failure)
            #expect(transport.calls == ["open", "drop"])
            transport = try test.last
        }
        #expect(test.transports.count == 6)
        test.session.failed(transport, failure)
        #expect(test.transports.count == 6)
        #expect(test.delegate.error?.description.contains("more than five times") == true)
    }

    @Test func pingsAreAnsweredByTheTransportThatIsInUse() throws {
        let test = try MemorySession()
        let (source, target) = try test.upgrading()
        try source.receivePart("2data")
        #expect(source.calls.last == "pong data")
        #expect(!target.calls.contains("pong data"))
    }

    @Test func sendersWaitOnceAndAreNotifiedOnce() throws {
        let test = try MemorySession(transports: [.websocket])
        let transport = try test.connect()
        transport.receive(MemorySession.openPacket)
        test.session.writable()
        transport.sendResult = .full
        #expect(test.send("x") == .full)
        test.session.writable()
        test.session.writable()
        #expect(test.delegate.events.filter { $0 == "writable" }.count == 1)
    }

    // MARK: Closing

    @Test func aCloseWaitsForHalfAnUpgrade() throws {
        let test = try MemorySession()
        let (source, target) = try test.upgrading()
        test.session.connected(target, opensWithin: .seconds(5))
        test.session.close(timeout: .seconds(9), abort: false)
        test.eventLoop.run()
        #expect(!source.calls.contains("close"))
        #expect(test.send("x") == .notConnected)
        target.receive("3probe")
        test.session.paused(source)
        #expect(target.calls.last == "close")
        #expect(!test.delegate.events.contains("connected"))
        test.session.closed(target, DisconnectDetail(.client))
        test.eventLoop.run()
        #expect(test.delegate.events.last == "closed: client disconnect, unwritten 0")
        #expect(test.delegate.detail?.transport == .websocket)
    }

    @Test func anAbortIsReportedBeforeItsClosePacketIsWritten() throws {
        let test = try MemorySession()
        let (source, target) = try test.upgrading()
        source.abortsAtOnce = false
        _ = test.send("lost")
        test.session.close(timeout: .seconds(2), abort: true)
        var isOver = false
        test.eventLoop.run()
        #expect(source.calls.contains("abort"))
        #expect(target.calls.last == "drop")
        #expect(test.delegate.events.last == "closed: client disconnect, unwritten 1")
        test.loop.backgroundCloses.whenOver(within: .hours(1)) { isOver = true }
        #expect(!isOver)
        test.session.closed(source, DisconnectDetail(.client))
        #expect(isOver)
        #expect(source.calls.last == "drop")
    }

    @Test func aClosePacketOfTheServerEndsTheSessionOnce() throws {
        let test = try MemorySession()
        let (source, target) = try test.upgrading()
        try source.receivePart("1")
        test.session.closed(source, DisconnectDetail(.eof))
        test.eventLoop.run()
        #expect(source.calls.suffix(2) == ["serverClosed", "drop"])
        #expect(target.calls.suffix(2) == ["serverClosed", "drop"])
        #expect(test.delegate.events == ["opened polling", "closed: server disconnect, unwritten 0"])
    }

    @Test func aRefusedSessionIsClosedWithoutAReport() throws {
        let test = try MemorySession(transports: [.websocket])
        let transport = try test.connect()
        transport.receive(MemorySession.openPacket)
        test.session.reject()
        test.eventLoop.run()
        #expect(transport.calls.contains("abort"))
        #expect(!test.delegate.events.contains { $0.hasPrefix("closed") })
    }

    // MARK: Loss

    /// Messages of a polling body that came before the loss are delivered before the end is reported.
    @Test func unreadPacketsAreReadBeforeTheLossIsReported() throws {
        let test = try MemorySession()
        let (source, target) = try test.upgrading()
        test.session.connected(target, opensWithin: .seconds(5))
        source.holdsPings = true
        target.receive("3probe")
        test.session.paused(source)
        #expect(target.calls.suffix(2) == ["confirmUpgrade", "waitForSource"])
        _ = test.send("unwritten")
        source.hasUnreadPackets = true
        test.session.closed(target, DisconnectDetail(.reset))
        #expect(source.calls.last == "readToEnd")
        #expect(target.calls.last == "drop")
        // The connection is gone, but the session is not over.
        _ = test.send("later")
        try source.receivePart("4rest")
        #expect(test.delegate.events.last == "text rest")
        #expect(!test.session.bodyRead(by: source))
        test.eventLoop.run()
        #expect(test.delegate.events.last == "closed: transport error, unwritten 2")
        #expect(test.delegate.detail?.cause == .reset)
        #expect(test.delegate.detail?.transport == .websocket)
    }

    @Test func theTargetReadsWhenTheSourceIsRead() throws {
        let test = try MemorySession()
        let (source, target) = try test.upgrading()
        test.session.connected(target, opensWithin: .seconds(5))
        source.holdsPings = true
        target.receive("3probe")
        test.session.paused(source)
        test.session.setReading(false)
        #expect(source.calls.last == "setReading false")
        #expect(target.calls.last == "setReading false")
        #expect(test.session.bodyRead(by: source))
        #expect(target.calls.last == "sourceIsRead")
    }

    /// The server's maxPayload is 9 here.
    @Test func anEndAfterALongMessageNamesIt() throws {
        let test = try MemorySession(transports: [.websocket])
        let transport = try test.connect()
        transport.receive(MemorySession.openPacket)
        _ = test.send("12345678")
        _ = test.send("123456789")
        test.session.closed(transport, DisconnectDetail(.eof, message: "gone"))
        test.eventLoop.run()
        #expect(
            test.delegate.detail?.message
                == "gone; a message of 9 bytes was sent, the server takes 9 bytes (maxPayload)")
    }
}
