import Testing

@testable import TerminalClient

@Suite struct RunGoalTests {
    private static let second: Int64 = 1_000_000_000

    @Test func nothingEndsBeforeTheSessionIsOpen() {
        #expect(RunGoal(duration: 1).verdict(at: 100 * Self.second) == .goOn(until: nil))
    }

    @Test func withoutAGoalItEndsAfterASecondOfSilence() {
        var goal = RunGoal()
        goal.opened(at: 0)
        #expect(goal.verdict(at: 10 * Self.second) == .goOn(until: nil))
        goal.inputEnded(at: 10 * Self.second)
        #expect(goal.verdict(at: 10 * Self.second) == .goOn(until: 11 * Self.second))
        goal.receivedMessage(at: 11 * Self.second - 1)
        #expect(goal.verdict(at: 11 * Self.second) == .goOn(until: 12 * Self.second - 1))
        #expect(goal.verdict(at: 12 * Self.second) == .over(.reached))
    }

    @Test func countIsAwaitedWithoutALimit() {
        var goal = RunGoal(count: 2)
        goal.opened(at: 0)
        goal.inputEnded(at: 1)
        goal.receivedMessage(at: 2)
        #expect(goal.verdict(at: 1000 * Self.second) == .goOn(until: nil))
        #expect(goal.endOfSession == .noAnswer)
        goal.receivedMessage(at: 1000 * Self.second)
        #expect(goal.verdict(at: 1000 * Self.second) == .over(.reached))
    }

    @Test func countIsEnoughIfTheInputStaysOpenAndSilent() {
        var goal = RunGoal(count: 1)
        goal.opened(at: 0)
        goal.receivedMessage(at: 1)
        #expect(goal.verdict(at: 2) == .goOn(until: Self.second))
        goal.sent(wantsAck: false, at: Self.second - 1)
        #expect(goal.verdict(at: Self.second) == .goOn(until: 2 * Self.second - 1))
        #expect(goal.verdict(at: 2 * Self.second) == .over(.reached))
    }

    @Test func timeIsTheLimitOfACount() {
        var goal = RunGoal(count: 1, duration: 5)
        goal.opened(at: 0)
        #expect(goal.verdict(at: 4) == .goOn(until: 5))
        #expect(goal.verdict(at: 5) == .over(.noAnswer))
    }

    @Test func timeBeginsAgainWithEachLine() {
        var goal = RunGoal(duration: 5)
        goal.opened(at: 0)
        goal.sent(wantsAck: false, at: 4)
        goal.receivedMessage(at: 8)
        #expect(goal.verdict(at: 5) == .goOn(until: 9))
        #expect(goal.verdict(at: 9) == .over(.reached))
    }

    @Test func acksAreAwaitedAtTheEndOfTheInput() {
        var goal = RunGoal()
        goal.opened(at: 0)
        goal.sent(wantsAck: true, at: 1)
        goal.sent(wantsAck: true, at: 2)
        goal.ackEnded(isMissed: false, at: 3)
        goal.inputEnded(at: 4)
        #expect(goal.verdict(at: 50 * Self.second) == .goOn(until: nil))
        goal.ackEnded(isMissed: false, at: 5)
        #expect(goal.verdict(at: 5) == .over(.reached))
    }

    @Test func ackThatIsMissedIsNoAnswer() {
        var goal = RunGoal(count: 1)
        goal.opened(at: 0)
        goal.sent(wantsAck: true, at: 1)
        goal.receivedMessage(at: 2)
        goal.inputEnded(at: 3)
        #expect(goal.verdict(at: 3) == .goOn(until: nil))
        goal.ackEnded(isMissed: true, at: 4)
        #expect(goal.verdict(at: 4) == .over(.noAnswer))
    }
}
