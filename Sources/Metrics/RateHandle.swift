/// A rate's series in one shard.
package struct RateHandle {
    @usableFromInline let cell: UnsafeMutablePointer<RateCell>

    @inlinable
    package func add(_ passed: Bool) {
        self.cell.pointee.passes &+= passed ? 1 : 0
        self.cell.pointee.total &+= 1
    }
}

@available(*, unavailable) extension RateHandle: Sendable {}
