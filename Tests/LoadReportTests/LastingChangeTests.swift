import Testing

@testable import LoadReport

struct LastingChangeTests {
    /// Of runs of so many seconds with a value of 10 in each, but for those of the later one.
    private static func text(_ seconds: Int, _ after: (Int) -> Double?) -> String? {
        let times = (1...seconds).map(Double.init)
        return LastingChange(
            times: times, before: times.map { _ in 10 }, after: (1...seconds).map(after)
        )?.text(("slower", "faster"))
    }

    @Test func aChangeHasItsTime() {
        #expect(Self.text(100) { $0 > 40 ? 12 : 10 } == "at least 10 % slower from 40 s on")
        #expect(Self.text(100) { $0 > 40 ? 10 : 8 } == "at least 10 % faster until 40 s")
        #expect(Self.text(100) { (21...60).contains($0) ? 30 : 10.5 } == "at least 10 % slower from 20 s to 1 min")
        #expect(Self.text(100) { _ in 11 } == "at least 10 % slower throughout")
    }

    @Test func theLongestOfSeveralIsReported() {
        #expect(Self.text(100) { $0 <= 20 ? 5 : $0 > 60 ? 20 : 10 } == "at least 10 % slower from 1 min on")
    }

    @Test func aPeakOrASmallChangeIsNone() {
        #expect(Self.text(100) { $0 == 50 ? 1_000 : 10 } == nil)
        #expect(Self.text(100) { _ in 10.9 } == nil)
        #expect(Self.text(8) { _ in 20 } == nil)
        #expect(Self.text(100) { $0 < 8 ? 20 : nil } == nil)
    }

    @Test func stepsWithoutAValueDoNotCount() {
        #expect(Self.text(100) { $0 % 2 == 0 ? nil : $0 > 50 ? 20 : 10 } == "at least 10 % slower from 49 s on")
    }

    @Test func fromZeroEveryIncreaseCounts() {
        let times = (1...30).map(Double.init)
        let change = LastingChange(times: times, before: times.map { _ in 0 }, after: times.map { $0 > 15 ? 1 : 0 })
        #expect(change?.text(("higher", "lower")) == "at least 10 % higher from 15 s on")
    }
}
