/// When the page of a run may be rendered again: once a second at most, and in a tenth of the time at most.
///
/// The clock is passed in: seconds that only grow.
struct RenderPacing {
    /// The earliest time of the next rendering.
    private(set) var next = -Double.infinity

    private static let interval = 1.0
    private static let leastShare = 10.0

    /// - Parameters:
    ///   - start: when the rendering began.
    ///   - cost: the seconds of CPU that it took.
    mutating func rendered(at start: Double, cost: Double) {
        self.next = start + max(Self.interval, cost * Self.leastShare)
    }
}
