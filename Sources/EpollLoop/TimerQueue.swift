import HeapModule
import NIOCore

/// What is to be done at which time. Equal times are served in the order in which they came.
struct TimerQueue {
    private struct Entry: Comparable {
        var deadline: NIODeadline
        var id: UInt64

        static func < (left: Self, right: Self) -> Bool {
            left.deadline == right.deadline ? left.id < right.id : left.deadline < right.deadline
        }
    }

    /// Has cancelled entries too, which have no body any more.
    private var heap = Heap<Entry>()
    private var bodies: [UInt64: () -> Void] = [:]

    /// How many entries it keeps, cancelled ones too.
    var count: Int { self.heap.count }

    /// - Parameter id: a new number, greater than those before.
    mutating func add(_ id: UInt64, at deadline: NIODeadline, _ body: @escaping () -> Void) {
        self.bodies[id] = body
        self.heap.insert(Entry(deadline: deadline, id: id))
    }

    /// - Returns: whether it was there.
    mutating func cancel(_ id: UInt64) -> Bool {
        guard self.bodies.removeValue(forKey: id) != nil else { return false }
        // Timeouts are mostly cancelled, long before their time.
        if self.heap.count > 2 * self.bodies.count + 64 {
            let bodies = self.bodies
            self.heap = Heap(self.heap.unordered.filter { bodies[$0.id] != nil })
        }
        return true
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

    /// Takes out what is due at `now`, one at a time.
    mutating func popDue(_ now: NIODeadline) -> (() -> Void)? {
        guard let next = self.next, next <= now else { return nil }
        return self.bodies.removeValue(forKey: self.heap.removeMin().id)
    }
}
