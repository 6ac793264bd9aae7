import NIOCore

/// Whether a deadline that has passed counts. Where the loop itself was held up, by a script that computes or a process
/// that was suspended, what was awaited may lie in a socket unread: it is looked at again when the loop has read.
public struct SecondLook: Sendable {
    private var looks = 0

    /// A look that is later than this was held up.
    private static let punctuality = TimeAmount.milliseconds(5)
    private static let timeToRead = TimeAmount.milliseconds(20)
    private static let mostLooks = 3

    public init() {}

    /// - Parameters:
    ///   - now: when the deadline is looked at.
    ///   - due: when it was to be looked at.
    /// - Returns: when to look again; nil where the deadline has passed for good.
    public mutating func next(now: NIODeadline, due: NIODeadline) -> NIODeadline? {
        guard now - due > Self.punctuality, self.looks < Self.mostLooks else { return nil }
        self.looks += 1
        return now + Self.timeToRead
    }
}
