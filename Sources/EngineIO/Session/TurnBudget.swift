/// How much of one session a turn of its event loop reads: at most 1000 packets or 256 KiB, then the other sessions,
/// the timers and the tasks get their turn. A single packet that is longer is read as a whole.
public struct TurnBudget: Sendable, Equatable {
    public static let packets = 1000
    public static let bytes = 256 << 10

    /// The least bytes of the budget that a packet uses, so that one number represents both limits.
    @usableFromInline
    static let leastCost = bytes / packets + 1

    @usableFromInline
    var left = Self.bytes

    public init() {}

    /// Nothing is to be read.
    public static var spent: TurnBudget {
        var budget = TurnBudget()
        budget.left = 0
        return budget
    }

    @inlinable
    public var isSpent: Bool { self.left <= 0 }

    /// Counts one packet or frame.
    @inlinable
    public mutating func take(_ bytes: Int) { self.left &-= max(bytes, Self.leastCost) }
}
