import NIOCore
import Testing

@testable import EpollLoop

@Suite struct TimerQueueTests {
    /// Takes out all timers that are due, and returns their numbers.
    private static func due(_ queue: inout TimerQueue, at time: UInt64, _ log: Log<Int>) -> [Int] {
        log.removeAll()
        var ids: [UInt64] = []
        queue.collectDue(.uptimeNanoseconds(time), into: &ids)
        for id in ids { queue.take(id)?(.due) }
        return log.values
    }

    @Test func earlierComesFirstAndEqualTimesInOrderOfArrival() {
        let log = Log<Int>()
        var queue = TimerQueue()
        for (id, time) in [30, 10, 20, 10, 20, 10].enumerated() {
            queue.add(UInt64(id), at: .uptimeNanoseconds(UInt64(time))) { _ in log.append(id) }
        }
        #expect(queue.next == .uptimeNanoseconds(10))
        #expect(Self.due(&queue, at: 100, log) == [1, 3, 5, 2, 4, 0])
        #expect(queue.next == nil)
    }

    @Test func onlyWhatIsDueIsTaken() {
        let log = Log<Int>()
        var queue = TimerQueue()
        for id in 1...3 { queue.add(UInt64(id), at: .uptimeNanoseconds(UInt64(id * 10))) { _ in log.append(id) } }
        #expect(Self.due(&queue, at: 9, log) == [])
        #expect(Self.due(&queue, at: 20, log) == [1, 2])
        #expect(Self.due(&queue, at: 20, log) == [])
        #expect(queue.next == .uptimeNanoseconds(30))
        #expect(Self.due(&queue, at: 30, log) == [3])
    }

    @Test func cancelledOnceAndNeverRun() {
        let log = Log<Int>()
        var queue = TimerQueue()
        for id in 1...3 { queue.add(UInt64(id), at: .uptimeNanoseconds(UInt64(id))) { _ in log.append(id) } }
        let cancelled = [1, 1, 4].map { queue.cancel($0) != nil }
        #expect(cancelled == [true, false, false])
        #expect(queue.next == .uptimeNanoseconds(2))
        #expect(Self.due(&queue, at: 10, log) == [2, 3])
        let isThere = queue.cancel(2) != nil
        #expect(!isThere)
    }

    @Test func cancelledBetweenBeingDueAndItsTurn() {
        let log = Log<Int>()
        var queue = TimerQueue()
        for id in 1...3 { queue.add(UInt64(id), at: .uptimeNanoseconds(UInt64(id))) { _ in log.append(id) } }
        var ids: [UInt64] = []
        queue.collectDue(.uptimeNanoseconds(10), into: &ids)
        let isCancelled = queue.cancel(2) != nil
        for id in ids { queue.take(id)?(.due) }
        #expect(isCancelled)
        #expect(log.values == [1, 3])
    }

    @Test func cancelledTimersDoNotPileUp() {
        let log = Log<Int>()
        var queue = TimerQueue()
        queue.add(0, at: .uptimeNanoseconds(2_000_000)) { _ in log.append(0) }
        for id in 1...10_000 as ClosedRange<UInt64> {
            queue.add(id, at: .uptimeNanoseconds(3_000_000 - id)) { _ in }
            _ = queue.cancel(id)
            #expect(queue.count <= 2 + 66)
        }
        #expect(Self.due(&queue, at: 3_000_000, log) == [0])
    }
}
