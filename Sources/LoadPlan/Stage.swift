/// One part of a ramp: within `duration` the users, or the rate, go in a straight line from the previous target to
/// this one.
package struct Stage: Equatable, Sendable {
    package let duration: Duration
    /// Users, or iterations per time unit.
    package let target: Int

    package init(duration: Duration, target: Int) {
        self.duration = duration
        self.target = target
    }
}
