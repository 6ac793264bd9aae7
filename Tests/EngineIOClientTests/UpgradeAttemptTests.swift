import EngineIO
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import EngineIOClient

/// ``UpgradeAttempt`` between two transports in memory.
struct UpgradeAttemptTests {
    @Test(arguments: ["3", "3prob", "4hello", "", "2probe"]) func onlyThePongOfTheProbeUpgrades(answer: String) throws {
        let test = try MemorySession()
        let (source, target) = try test.upgrading()
        let upgrade = try #require(test.session.machine.upgrade)
        upgrade.connected()
        #expect(target.calls == ["open", "sendProbe"])
        var text = answer
        text.withUTF8 { upgrade.received(UnsafeRawBufferPointer($0)) }
        #expect(target.calls.last == "drop")
        #expect(source.calls.last == "start")
        #expect(test.session.machine.upgrade == nil)
        #expect(test.delegate.events.last == "connected")
    }

    @Test func theUpgradePacketWaitsUntilTheSourceIsAtRest() throws {
        let test = try MemorySession()
        let (source, target) = try test.upgrading()
        let upgrade = try #require(test.session.machine.upgrade)
        upgrade.sourcePaused()
        #expect(!target.calls.contains("confirmUpgrade"))
        upgrade.connected()
        target.receive("3probe")
        #expect(source.calls.last == "pause")
        #expect(!target.calls.contains("confirmUpgrade"))
        upgrade.sourcePaused()
        #expect(target.calls.last == "confirmUpgrade")
        #expect(source.calls.last == "handOver")
    }

    /// After the grace period polling goes on beside the probe; after the timeout the upgrade has failed.
    @Test func aSlowProbeDoesNotHoldUpPolling() throws {
        let test = try MemorySession { $0.requestTimeout = .seconds(3) }
        let (source, target) = try test.upgrading()
        let upgrade = try #require(test.session.machine.upgrade)
        upgrade.connected()
        test.eventLoop.advanceTime(by: .milliseconds(500))
        #expect(source.calls == ["open", "resume"])
        test.eventLoop.advanceTime(by: .seconds(4))
        #expect(target.calls.last == "drop")
        #expect(source.calls == ["open", "resume", "start"])
    }

    /// The timers of one that has succeeded do not end the session later.
    @Test func nothingIsLimitedAfterTheUpgrade() throws {
        let test = try MemorySession()
        let (source, target) = try test.upgrading()
        let upgrade = try #require(test.session.machine.upgrade)
        upgrade.connected()
        target.receive("3probe")
        test.session.paused(source)
        upgrade.fail("too late")
        test.eventLoop.advanceTime(by: .seconds(30))
        #expect(!target.calls.contains("drop"))
        #expect(test.send("x") == .sent)
        #expect(target.sent == ["x"])
    }

    /// Some servers answer a failed upgrade with the answer to a poll.
    @Test func thePayloadOfAFailedUpgradeIsRead() throws {
        let test = try MemorySession()
        let (source, target) = try test.upgrading()
        let response = HTTPResponse(status: 200, headers: [:], body: ByteBuffer(string: "4hello"))
        test.session.failed(target, OpeningFailure(error: ConnectionError(.http, "no"), response: response))
        #expect(source.calls == ["open", "read 4hello", "start"])
    }
}
