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

@available(*, unavailable) extension GaugeHandle: Sendable {}
