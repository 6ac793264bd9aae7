/// The values that a gauge keeps.
package struct GaugeValue: Sendable, Equatable {
    package internal(set) var value: Double
    package internal(set) var min: Double
    package internal(set) var max: Double
    /// When `value` was set, seconds since 1970; 0 for a level, which was never set.
    package internal(set) var time: Double

    package init(value: Double, min: Double, max: Double, time: Double) {
        (self.value, self.min, self.max, self.time) = (value, min, max, time)
    }

    /// The later value wins; the extremes are those of both.
    mutating func merge(_ other: GaugeValue) {
        if other.time >= self.time { (self.value, self.time) = (other.value, other.time) }
        self.min = Swift.min(self.min, other.min)
        self.max = Swift.max(self.max, other.max)
    }

    /// Of two processes that each have a part of the users: the extremes need not have come at the same time, so that
    /// the sums are bounds.
    mutating func add(_ other: GaugeValue) {
        self.value += other.value
        self.min += other.min
        self.max += other.max
    }
}
