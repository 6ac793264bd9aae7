import NIOCore
import Testing

@testable import LoadEngine

/// When loops that do not answer are given up.
@Suite struct LoopAnswersTests {
    private func time(_ seconds: Double) -> NIODeadline {
        .uptimeNanoseconds(1_000_000_000_000 + UInt64(seconds * 1e9))
    }

    private func answers(_ loops: Int = 2) -> LoopAnswers {
        var answers = LoopAnswers(loops: loops, limits: LoopAnswers.Limits())
        answers.start(at: self.time(0))
        return answers
    }

    @Test func isOverWhenAllHaveFinished() {
        var answers = self.answers()
        answers.finished(0)
        #expect(answers.verdict(at: self.time(100)) == .goesOn)
        answers.finished(1)
        #expect(answers.verdict(at: self.time(1)) == .isOver)
    }

    @Test func silentLoopIsWaitedForUntilTheRunIsOver() {
        var answers = self.answers()
        answers.finished(0)
        #expect(answers.verdict(at: self.time(1_000)) == .goesOn)
        answers.end(at: self.time(1_000), grace: .seconds(30))
        #expect(answers.verdict(at: self.time(1_004.9)) == .goesOn)
        #expect(answers.verdict(at: self.time(1_005)) == .endPrograms(of: [1]))
    }

    @Test func loopThatFallsSilentAtTheEndIsGivenUpWithinTenSeconds() {
        var answers = self.answers()
        answers.answered(1, at: self.time(1_000))
        answers.answered(0, at: self.time(1_000))
        answers.finished(0)
        answers.end(at: self.time(1_000), grace: .seconds(30))
        #expect(answers.verdict(at: self.time(1_007.9)) == .goesOn)
        #expect(answers.verdict(at: self.time(1_008)) == .endPrograms(of: [1]))
        #expect(answers.verdict(at: self.time(1_008.9)) == .goesOn)
        #expect(answers.verdict(at: self.time(1_009)) == .leave([1]))
    }

    @Test func loopThatWaitsForNoProgramIsGivenUpAtOnce() {
        var answers = self.answers(1)
        answers.end(at: self.time(0), grace: .zero)
        #expect(answers.verdict(at: self.time(8)) == .endPrograms(of: [0]))
        answers.foundNoPrograms()
        #expect(answers.verdict(at: self.time(8)) == .leave([0]))
    }

    @Test func loopThatComesBackIsNotGivenUp() {
        var answers = self.answers(1)
        answers.end(at: self.time(0), grace: .zero)
        #expect(answers.verdict(at: self.time(8)) == .endPrograms(of: [0]))
        answers.answered(0, at: self.time(8.5))
        #expect(answers.verdict(at: self.time(9.5)) == .goesOn)
        answers.finished(0)
        #expect(answers.verdict(at: self.time(9.6)) == .isOver)
    }

    /// All loops that have not finished decide: one in its grace is waited for, and the silent one with it.
    @Test func silentLoopIsNotLeftWhileAnotherHasItsGrace() {
        var answers = self.answers()
        answers.end(at: self.time(0), grace: .seconds(60))
        for second in 1...59 {
            answers.answered(1, at: self.time(Double(second)))
            #expect(answers.verdict(at: self.time(Double(second) + 0.5)) == .goesOn)
        }
        answers.finished(1)
        #expect(answers.verdict(at: self.time(60)) == .endPrograms(of: [0]))
    }

    @Test func loopThatAnswersNowAndThenIsGivenUpInTheEnd() {
        var answers = self.answers(1)
        answers.end(at: self.time(0), grace: .seconds(2))
        for second in 1...61 {
            answers.answered(0, at: self.time(Double(second)))
            #expect(answers.verdict(at: self.time(Double(second))) == .goesOn)
        }
        answers.answered(0, at: self.time(62))
        #expect(answers.verdict(at: self.time(62)) == .endPrograms(of: [0]))
    }

    @Test func firstEndHolds() {
        var answers = self.answers(1)
        answers.end(at: self.time(10), grace: .zero)
        answers.end(at: self.time(100), grace: .zero)
        #expect(answers.verdict(at: self.time(15)) == .endPrograms(of: [0]))
    }

    @Test func roundAsksThoseThatDoNotOweAnAnswer() {
        var answers = self.answers(3)
        #expect(answers.askable == [0, 1, 2])
        answers.roundEnded(missing: [1])
        #expect(answers.askable == [0, 2])
        answers.answered(1, at: self.time(1))
        #expect(answers.askable == [0, 1, 2])
    }

    @Test func sentenceCounts() {
        let one = LeftBehind(loops: 1, users: 2, since: .milliseconds(3_140))
        #expect(one.text.hasPrefix("1 loop with 2 users did not end: a C function"))
        #expect(one.text.contains("after second 3.1 "))
        #expect(LeftBehind(loops: 2, users: 1, since: .zero).text.hasPrefix("2 loops with 1 user did not end"))
    }
}
