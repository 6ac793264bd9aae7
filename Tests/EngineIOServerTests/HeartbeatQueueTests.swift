import NIOCore
import TestSupport
import Testing

@testable import EngineIOServer

struct HeartbeatQueueTests {
    private var queue = HeartbeatQueue(interval: .milliseconds(300), timeout: .milliseconds(200))
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    @Test func emptyQueueHasNoDeadline() {
        #expect(self.queue.next == nil)
    }

    @Test mutating func entriesFallDueInOrder() {
        let first = self.queue.schedule(.ping, session: 1, now: self.start)
        let second = self.queue.schedule(.ping, session: 2, now: self.start + .milliseconds(50))
        let pong = self.queue.schedule(.timeout, session: 3, now: self.start + .milliseconds(120))
        #expect(first == self.start + .milliseconds(300))
        #expect(self.queue.next == first)
        check(self.queue.popDue(now: self.start + .milliseconds(299)), nil)
        check(self.queue.popDue(now: first), .init(kind: .ping, session: 1, deadline: first))
        check(self.queue.popDue(now: first), nil)
        #expect(self.queue.next == pong)
        check(self.queue.popDue(now: second), .init(kind: .timeout, session: 3, deadline: pong))
        check(self.queue.popDue(now: second), .init(kind: .ping, session: 2, deadline: second))
        #expect(self.queue.next == nil)
    }
}
