/// Users that wait before their next iteration, the earliest first: a binary heap.
///
/// If a user is stopped while it waits, its entry stays in the queue. So a caller that takes out an entry must check
/// whether it is still valid.
struct RestartQueue: Sendable {
    struct Entry: Sendable {
        /// Nanoseconds since the run's start.
        let time: Int64
        let slot: Int
    }

    private var heap: [Entry] = []

    var first: Entry? { self.heap.first }

    mutating func insert(_ entry: Entry) {
        var child = self.heap.count
        self.heap.append(entry)
        while child > 0 {
            let parent = (child - 1) / 2
            guard self.heap[child].time < self.heap[parent].time else { break }
            self.heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func removeFirst() -> Entry {
        self.heap.swapAt(0, self.heap.count - 1)
        let entry = self.heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in (2 * parent + 1)...(2 * parent + 2) where child < self.heap.count {
                if self.heap[child].time < self.heap[least].time { least = child }
            }
            if least == parent { return entry }
            self.heap.swapAt(least, parent)
            parent = least
        }
    }
}
