import Testing

@testable import SocketIO

struct ReconnectionPolicyTests {
    private static func pauses(
        _ count: Int, random: Double, _ configure: (inout ReconnectionPolicy) -> Void = { _ in }
    ) -> [Double?] {
        var policy = ReconnectionPolicy()
        configure(&policy)
        return (0..<count).map { _ in policy.next(random: random) }
    }

    /// python-socketio's defaults: 1 s, at most 5 s, a half.
    @Test func theJitterIsAPartOfThePause() {
        #expect(Self.pauses(5, random: 0.5) == [1, 2, 4, 5, 5])
        #expect(Self.pauses(5, random: 0) == [0.5, 1, 2, 2.5, 2.5])
        #expect(Self.pauses(5, random: 1) == [1.5, 3, 5, 5, 5])
        #expect(Self.pauses(3, random: 0.25) == [0.75, 1.5, 3])
    }

    @Test func withoutJitterEachPauseIsTwiceAsLong() {
        let pauses = Self.pauses(4, random: 0.9) {
            $0.randomizationFactor = 0
            $0.delay = 3
            $0.delayMaximum = 20
        }
        #expect(pauses == [3, 6, 12, 20])
    }

    @Test func thePauseIsNeverNegativeOrAboveTheMaximum() {
        let long = Self.pauses(3, random: 0) { $0.randomizationFactor = 2 }
        #expect(long == [0, 0, 0])
        #expect(Self.pauses(2, random: 0.5) { $0.delay = 100 } == [5, 5])
        #expect(Self.pauses(2, random: 0.5) { $0.delay = 0 } == [0, 0])
    }

    @Test func attemptsAreCounted() {
        #expect(Self.pauses(4, random: 0.5) { $0.attempts = 2 } == [1, 2, nil, nil])
        var policy = ReconnectionPolicy()
        policy.attempts = 1
        #expect(policy.next(random: 0.5) == 1)
        #expect(policy.next(random: 0.5) == nil)
        policy.reset()
        #expect(policy.next(random: 0.5) == 1)
    }

    @Test func endlessAttemptsStayAtTheMaximum() {
        var policy = ReconnectionPolicy()
        for _ in 0..<5000 { _ = policy.next(random: 0.5) }
        #expect(policy.next(random: 0.5) == 5)
    }
}
