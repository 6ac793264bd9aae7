/// Users without an iteration, in the order in which they became free: a ring that grows to the number of users.
struct FreeUsers: Sendable {
    private var ring: [Int] = []
    private var head = 0
    private(set) var count = 0

    mutating func append(_ slot: Int) {
        if self.count == self.ring.count {
            self.ring = Array(self.ring[self.head...] + self.ring[..<self.head])
            self.head = 0
            self.ring.append(contentsOf: repeatElement(0, count: max(16, self.ring.count)))
        }
        self.ring[(self.head + self.count) % self.ring.count] = slot
        self.count += 1
    }

    mutating func popFirst() -> Int? {
        guard self.count > 0 else { return nil }
        let slot = self.ring[self.head]
        self.head = (self.head + 1) % self.ring.count
        self.count -= 1
        return slot
    }
}
