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

@available(*, unavailable) extension TrendHandle: Sendable {}
