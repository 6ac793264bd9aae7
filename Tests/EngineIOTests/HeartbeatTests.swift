import EngineIO
import NIOCore
import Testing

struct HeartbeatTests {
    private static let handshake = Handshake(
        sid: "a", upgrades: [], pingInterval: 300, pingTimeout: 200, maxPayload: nil)
    private static let start = NIODeadline.now()

    private var heartbeat = Heartbeat(Self.handshake, now: Self.start)

    /// Milliseconds after the session opened.
    private func at(_ milliseconds: Int64) -> NIODeadline { Self.start + .milliseconds(milliseconds) }

    @Test mutating func aSessionWithoutAPingDiesAfterIntervalAndTimeout() {
        #expect(self.heartbeat.check(now: self.at(0)) == .alive(until: self.at(500)))
        #expect(self.heartbeat.check(now: self.at(499)) == .alive(until: self.at(500)))
        #expect(self.heartbeat.check(now: self.at(500)) == .dead)
    }

    @Test mutating func aLookThatWasHeldUpIsRepeatedWhenTheLoopHasRead() {
        #expect(self.heartbeat.check(now: self.at(60_000)) == .alive(until: self.at(60_020)))
        #expect(self.heartbeat.check(now: self.at(60_020)) == .dead)
    }

    @Test mutating func aPingThatWasReadMeanwhileCounts() {
        #expect(self.heartbeat.check(now: self.at(60_000)) == .alive(until: self.at(60_020)))
        self.heartbeat.pingReceived(now: self.at(60_001))
        #expect(self.heartbeat.check(now: self.at(60_020)) == .alive(until: self.at(60_501)))
        #expect(self.heartbeat.check(now: self.at(70_000)) == .alive(until: self.at(70_020)))
    }

    @Test mutating func aLoopThatIsAlwaysLateDoesNotKeepADeadSession() {
        for time in stride(from: Int64(1_000), to: 4_000, by: 1_000) {
            #expect(self.heartbeat.check(now: self.at(time)) == .alive(until: self.at(time + 20)))
        }
        #expect(self.heartbeat.check(now: self.at(4_000)) == .dead)
    }

    @Test mutating func itsDeadlineIsExact() {
        #expect(self.heartbeat.check(now: self.at(500) - .nanoseconds(1)) == .alive(until: self.at(500)))
    }

    @Test mutating func everyPingMovesTheDeadline() {
        for time in stride(from: Int64(300), through: 3_000, by: 300) {
            self.heartbeat.pingReceived(now: self.at(time))
            #expect(self.heartbeat.check(now: self.at(time)) == .alive(until: self.at(time + 500)))
        }
        #expect(self.heartbeat.check(now: self.at(3_500)) == .dead)
    }

    @Test mutating func theTimeSincePing() {
        #expect(self.heartbeat.secondsSinceLastPing(now: self.at(250)) == 0.25)
        self.heartbeat.pingReceived(now: self.at(300))
        #expect(self.heartbeat.secondsSinceLastPing(now: self.at(300)) == 0)
        #expect(self.heartbeat.secondsSinceLastPing(now: self.at(2_300)) == 2)
    }

    @Test mutating func whileReadingIsPausedTheClockStandsStill() {
        self.heartbeat.readingPaused(now: self.at(400))
        // The check is put off by a whole period at a time.
        #expect(self.heartbeat.check(now: self.at(500)) == .alive(until: self.at(1_000)))
        #expect(self.heartbeat.check(now: self.at(100_000)) == .alive(until: self.at(100_500)))
        self.heartbeat.readingResumed(now: self.at(100_000))
        #expect(self.heartbeat.check(now: self.at(100_000)) == .alive(until: self.at(100_100)))
        #expect(self.heartbeat.check(now: self.at(100_099)) == .alive(until: self.at(100_100)))
        #expect(self.heartbeat.check(now: self.at(100_100)) == .dead)
    }

    @Test mutating func severalPausesAddUp() {
        for time in stride(from: Int64(100), through: 400, by: 100) {
            self.heartbeat.readingPaused(now: self.at(time))
            self.heartbeat.readingResumed(now: self.at(time + 50))
        }
        #expect(self.heartbeat.check(now: self.at(699)) == .alive(until: self.at(700)))
        #expect(self.heartbeat.check(now: self.at(700)) == .dead)
    }

    @Test mutating func aSecondPauseDoesNotShortenTheFirst() {
        self.heartbeat.readingPaused(now: self.at(100))
        self.heartbeat.readingPaused(now: self.at(900))
        self.heartbeat.readingResumed(now: self.at(1_000))
        #expect(self.heartbeat.check(now: self.at(1_000)) == .alive(until: self.at(1_400)))
    }

    @Test mutating func resumingWithoutAPauseChangesNothing() {
        self.heartbeat.readingResumed(now: self.at(400))
        #expect(self.heartbeat.check(now: self.at(400)) == .alive(until: self.at(500)))
        self.heartbeat.readingPaused(now: self.at(400))
        self.heartbeat.readingResumed(now: self.at(450))
        self.heartbeat.readingResumed(now: self.at(490))
        #expect(self.heartbeat.check(now: self.at(490)) == .alive(until: self.at(550)))
    }

    @Test mutating func aPingThatWasOnItsWayWhenReadingPaused() {
        self.heartbeat.readingPaused(now: self.at(100))
        self.heartbeat.pingReceived(now: self.at(250))
        self.heartbeat.readingResumed(now: self.at(1_000))
        // The pause up to the ping is behind it; that after it is not counted.
        #expect(self.heartbeat.check(now: self.at(1_000)) == .alive(until: self.at(1_500)))
        #expect(self.heartbeat.secondsSinceLastPing(now: self.at(1_000)) == 0)
    }

    @Test func theLongestTimesOfAHandshakeDoNotOverflow() throws {
        let text = #"{"sid":"a","pingInterval":86400000,"pingTimeout":86400000}"#
        var heartbeat = Heartbeat(try Handshake(openPacketData: text.utf8), now: Self.start)
        #expect(heartbeat.check(now: Self.start) == .alive(until: Self.start + .hours(48)))
    }
}
