/// A level's series in one shard: the sum over all shards is the value.
package struct LevelHandle {
    @usableFromInline let cell: UnsafeMutablePointer<Double>

    /// - Parameter change: how much more there is now; negative where it is less.
    @inlinable
    package func add(_ change: Double) { self.cell.pointee += change }
}

@available(*, unavailable) extension LevelHandle: Sendable {}
