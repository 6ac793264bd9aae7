import TestSupport
import Testing

@testable import LoadPlan

struct RestartQueueTests {
    @Test func theEarliestComesFirst() {
        var random = SeededGenerator(seed: 3)
        var queue = RestartQueue()
        var expected: [Int64] = []
        for round in 0..<2_000 {
            if round % 3 < 2 {
                let time = Int64(random.below(500))
                queue.insert(RestartQueue.Entry(time: time, slot: round))
                expected.append(time)
            } else {
                expected.sort()
                #expect(queue.first?.time == expected[0])
                let entry = queue.removeFirst()
                #expect(entry.time == expected.removeFirst())
            }
        }
        while queue.first != nil {
            expected.sort()
            let entry = queue.removeFirst()
            #expect(entry.time == expected.removeFirst())
        }
        #expect(expected.isEmpty)
    }
}
