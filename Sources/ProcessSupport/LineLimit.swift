/// The lines of a log that are shown to a person: the first ones of each second; the others are counted. It has no
/// clock and writes nothing.
package struct LineLimit {
    /// Nanoseconds in which lines are counted.
    package static let window: Int64 = 1_000_000_000

    private let most: Int
    private var shown = 0
    private var omitted = 0
    /// When the current window ends.
    package private(set) var end = Int64.min

    /// - Parameter most: the lines that are shown in each window.
    package init(most: Int) { self.most = most }

    /// Counts a line.
    ///
    /// - Parameter now: of a clock in nanoseconds that only goes forward.
    /// - Returns: whether the line is shown.
    package mutating func admits(at now: Int64) -> Bool {
        if now >= self.end { (self.shown, self.end) = (0, now + Self.window) }
        guard self.shown < self.most else {
            self.omitted += 1
            return false
        }
        self.shown += 1
        return true
    }

    /// The number of lines that were not shown, to be written once after their window; nil without any.
    package mutating func takeOmitted(at now: Int64) -> Int? {
        guard self.omitted > 0, now >= self.end else { return nil }
        defer { self.omitted = 0 }
        return self.omitted
    }
}
