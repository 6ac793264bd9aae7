import Testing

@testable import ProcessSupport

@Suite struct RepeatFilterTests {
    private static let window = RepeatFilter.window

    @Test func theFirstIsWrittenAtOnceAndTheOthersAreCounted() {
        var filter = RepeatFilter()
        #expect(filter.report("warning: x", at: 0) == ["warning: x"])
        #expect(!filter.isCounting)
        for time in 1...49 { #expect(filter.report("warning: x", at: UInt64(time)) == []) }
        #expect(filter.isCounting)
        #expect(filter.report("warning: y", at: 50) == ["warning: y"])
        #expect(filter.due(at: Self.window - 1) == [])
        #expect(filter.due(at: Self.window) == ["warning: x (49 more times)"])
        #expect(filter.flush() == [])
    }

    @Test func whatComesLaterIsANewReport() {
        var filter = RepeatFilter()
        _ = filter.report("x", at: 0)
        _ = filter.report("x", at: 1)
        #expect(filter.report("x", at: Self.window) == ["x (1 more time)", "x"])
        #expect(filter.report("x", at: 3 * Self.window) == ["x"])
    }

    @Test func clientsDifferByTheirNumber() {
        var filter = RepeatFilter()
        #expect(filter.report("client 1 is slow\ntraceback", at: 0) == ["client 1 is slow\ntraceback"])
        #expect(filter.report("client 20 is slow\ntraceback", at: 1) == [])
        #expect(filter.report("client 20 is slow", at: 2) == ["client 20 is slow"])
        #expect(filter.report("client side", at: 2) == ["client side"])
        #expect(filter.flush() == ["client … is slow (1 more time)"])
    }

    @Test func theMemoryIsBounded() {
        var filter = RepeatFilter()
        _ = filter.report("first", at: 0)
        _ = filter.report("first", at: 1)
        var lines: [String] = []
        for number in 0..<10_000 { lines += filter.report("line \(number)", at: 2) }
        #expect(lines.count == 10_001 && lines.contains("first (1 more time)"))
        let long = String(repeating: "x", count: 5000)
        #expect(filter.report(long, at: 3) == [long] && filter.report(long, at: 3) == [long])
    }
}
