/// A counter's series in one shard. Handles point into their shard: they are used on its loop, and not after it.
package struct CounterHandle {
    @usableFromInline let cell: UnsafeMutablePointer<Double>

    @inlinable
    package func add(_ amount: Double = 1) { self.cell.pointee += amount }
}

/// A level's series in one shard: the sum over all shards is the value.
package struct LevelHandle {
    @usableFromInline let cell: UnsafeMutablePointer<Double>

    /// - Parameter change: how much more there is now; negative where it is less.
    @inlinable
    package func add(_ change: Double) { self.cell.pointee += change }
}

/// A gauge's series in one shard.
package struct GaugeHandle {
    let cell: UnsafeMutablePointer<GaugeValue?>

    /// - Parameter time: seconds since 1970; of several loops' values the latest counts.
    package func set(_ value: Double, at time: Double) {
        guard value.isFinite else { return }
        var gauge = GaugeValue(value: value, min: value, max: value, time: time)
        if let earlier = self.cell.pointee {
            gauge.min = Swift.min(gauge.min, earlier.min)
            gauge.max = Swift.max(gauge.max, earlier.max)
        }
        self.cell.pointee = gauge
    }
}

@usableFromInline struct RateCell {
    @usableFromInline var passes: UInt64 = 0
    @usableFromInline var total: UInt64 = 0
}

/// A rate's series in one shard.
package struct RateHandle {
    @usableFromInline let cell: UnsafeMutablePointer<RateCell>

    @inlinable
    package func add(_ passed: Bool) {
        self.cell.pointee.passes &+= passed ? 1 : 0
        self.cell.pointee.total &+= 1
    }
}

/// A trend's series in one shard.
package struct TrendHandle {
    let cell: UnsafeMutablePointer<HistogramRecorder>
    let unit: Double

    /// For a metric that is a time.
    package func record(nanoseconds: Int64) { self.cell.pointee.record(Double(nanoseconds)) }

    /// - Parameter value: in the metric's shown unit: milliseconds for a time, else its own. NaN and infinity are
    ///   left out.
    package func record(_ value: Double) {
        self.cell.pointee.record(self.unit == 1 ? value : (value * self.unit).rounded())
    }
}

@available(*, unavailable) extension CounterHandle: Sendable {}
@available(*, unavailable) extension LevelHandle: Sendable {}
@available(*, unavailable) extension GaugeHandle: Sendable {}
@available(*, unavailable) extension RateHandle: Sendable {}
@available(*, unavailable) extension TrendHandle: Sendable {}
