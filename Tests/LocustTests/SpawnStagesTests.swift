import Testing

@testable import Locust

struct SpawnStagesTests {
    private static func ends(_ orders: [Double], until end: Double) -> [Double] {
        var stages = SpawnStages()
        for time in orders { stages.ordered(at: time) }
        return stages.ends(until: end)
    }

    @Test(
        arguments: [
            // No order, and one order.
            ([], []), ([10], []),
            // A ramp and a level; then another ramp, and the next level.
            ([10, 11, 12], [12]), ([10, 11, 12, 30, 31, 32], [12, 30, 32]),
            // Each order at once has its level.
            ([10, 30, 50], [30, 50]),
            // A late order does not end a ramp.
            ([10, 11, 13.9, 14, 15], [15]),
        ] as [([Double], [Double])])
    func aStageEndsWhereOrdersBeginAndCease(orders: [Double], ends: [Double]) {
        #expect(Self.ends(orders, until: 100) == ends)
    }

    @Test func aRampUntilTheEndOfTheTestHasNoLevel() { #expect(Self.ends([10, 11, 12], until: 13) == []) }

    @Test func endsAreBounded() {
        let ends = Self.ends((0..<5_000).map { Double($0) * 10 }, until: 1e6)
        #expect(ends.count == 1_000)
    }
}
