import Testing

@testable import ProcessSupport

@Suite struct LineLimitTests {
    private static let window = LineLimit.window

    @Test func theFirstLinesOfEachSecondAreShown() {
        var limit = LineLimit(most: 3)
        let shown = (0..<10).filter { limit.admits(at: 5 + $0) }
        #expect(shown == [0, 1, 2])
        #expect(limit.end == 5 + Self.window)
        let counts = [4, 5, 5].map { limit.takeOmitted(at: $0 + Self.window) }
        #expect(counts == [nil, 7, nil])
        let isShown = limit.admits(at: 5 + Self.window)
        #expect(isShown)
    }

    @Test func aQuietLogOmitsNothing() {
        var limit = LineLimit(most: 1)
        let shown = (0..<5).filter { limit.admits(at: Int64($0) * Self.window) }
        #expect(shown.count == 5)
        let count = limit.takeOmitted(at: .max)
        #expect(count == nil)
    }
}
