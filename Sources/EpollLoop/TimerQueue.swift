import HeapModule
import NIOCore

/// Timers by their deadlines. Equal deadlines are served in the order in which they were added.
struct TimerQueue {
    /// The end of a timer, of which it is notified once.
    enum Outcome {
        case due
        case cancelled
        /// The loop ends first.
        case loopEnded
    }

    typealias Body = (Outcome) -> Void

    private struct Entry: Comparable {
        var deadline: NIODeadline
        var id: UInt64

        static func < (left: Self, right: Self) -> Bool {
            left.deadline == right.deadline ? left.id < right.id : left.deadline < right.deadline
        }
    }

    /// Has cancelled entries too, which have no body any more.
    private var heap = Heap<Entry>()
    private var bodies: [UInt64: Body] = [:]

    /// How many entries it keeps, cancelled ones too.
    var count: Int { self.heap.count }

    /// - Parameter id: a new number, greater than those before.
    mutating func add(_ id: UInt64, at deadline: NIODeadline, _ body: @escaping Body) {
        self.bodies[id] = body
        self.heap.insert(Entry(deadline: deadline, id: id))
    }

    /// Takes a timer out before its time.
    mutating func cancel(_ id: UInt64) -> Body? {
        guard let body = self.bodies.removeValue(forKey: id) else { return nil }
        // Timeouts are mostly cancelled, long before their time.
        if self.heap.count > 2 * self.bodies.count + 64 {
            let bodies = self.bodies
            self.heap = Heap(self.heap.unordered.filter { bodies[$0.id] != nil })
        }
        return body
    }

    /// The next deadline.
    var next: NIODeadline? {
        mutating get {
            while let first = self.heap.min {
                if self.bodies[first.id] != nil { return first.deadline }
                self.heap.removeMin()
            }
            return nil
        }
    }

    /// Adds the numbers of the timers that are due at `now` to `ids`, for ``take(_:)``. They may be cancelled until
    /// then.
    mutating func collectDue(_ now: NIODeadline, into ids: inout [UInt64]) {
        while let next = self.next, next <= now { ids.append(self.heap.removeMin().id) }
    }

    /// Takes out a timer that is due; nil if it was cancelled meanwhile.
    mutating func take(_ id: UInt64) -> Body? { self.bodies.removeValue(forKey: id) }
}
