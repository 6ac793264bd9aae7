/// A counter's series in one shard. Handles point into their shard: they are used on its loop, and not after it.
package struct CounterHandle {
    @usableFromInline let cell: UnsafeMutablePointer<Double>

    @inlinable
    package func add(_ amount: Double = 1) { self.cell.pointee += amount }
}

@available(*, unavailable) extension CounterHandle: Sendable {}
