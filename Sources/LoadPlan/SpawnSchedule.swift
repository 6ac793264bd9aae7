/// When the users of a share start that are there from the beginning: evenly, user n (from 0) of the whole at
/// n / rate seconds, so that segments and loops start theirs in between each other.
struct SpawnSchedule: Equatable, Sendable {
    private let share: Share
    private let rate: Int
    /// How many users of the share start this way.
    let count: Int
    private(set) var next = 0

    /// - Parameter rate: users of the whole in a second; 0: all at once.
    init(share: Share, users: Int, rate: Int) {
        self.share = share
        self.rate = rate
        self.count = share.count(below: users)
    }

    var isDone: Bool { self.next == self.count }

    /// Nanoseconds from the first start of the whole to the next of this share; nil when all were started.
    var time: Int64? {
        if self.isDone { return nil }
        return self.rate == 0 ? 0 : Int64(self.share.element(self.next)) * 1_000_000_000 / Int64(self.rate)
    }

    mutating func advance() -> Int {
        defer { self.next += 1 }
        return self.next
    }

    /// No more users are started.
    mutating func cancel() { self.next = self.count }
}
