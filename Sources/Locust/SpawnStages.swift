/// The stages of a test that a master directs. It sends an order a second while it changes the number of users, and
/// none while this number stays: a stage ends where orders begin after a pause, and where they cease.
package struct SpawnStages: Sendable, Equatable {
    /// A shorter pause is a late order.
    private static let leastPause = 3.0
    /// A master that changes the number again and again does not fill the memory.
    private static let maximumEnds = 1_000

    private var first: Double?
    private var last: Double?
    private var closed: [Double] = []

    package init() {}

    /// - Parameter time: of the order, in seconds; not before that of the former one.
    package mutating func ordered(at time: Double) {
        defer { self.last = time }
        guard let first = self.first, let last = self.last else {
            self.first = time
            return
        }
        guard time - last >= Self.leastPause, self.closed.count < Self.maximumEnds else { return }
        if last > first, self.closed.last != last { self.closed.append(last) }
        self.closed.append(time)
    }

    /// The ends of the stages, on the clock of the orders.
    ///
    /// - Parameter end: of the test.
    package func ends(until end: Double) -> [Double] {
        guard let first = self.first, let last = self.last, end - last >= Self.leastPause, last > first,
            self.closed.last != last, self.closed.count < Self.maximumEnds
        else { return self.closed }
        return self.closed + [last]
    }
}
