/// Pieces of memory, one after the other in one array.
package struct JoinedParts {
    private var bytes: [UInt8] = []
    /// The end of each piece in ``bytes``.
    private var ends: [Int] = []

    package init() {}

    /// The bytes of all pieces.
    package var size: Int { self.bytes.count }
    /// The number of pieces.
    package var count: Int { self.ends.count }
    /// How many bytes fit into the memory that is there.
    package var capacity: Int { self.bytes.capacity }

    package mutating func append(_ part: UnsafeRawBufferPointer) {
        self.bytes.append(contentsOf: part)
        self.ends.append(self.bytes.count)
    }

    package mutating func append(_ part: [UInt8]) { part.withUnsafeBytes { self.append($0) } }

    /// Removes all pieces, and keeps the memory.
    package mutating func removeAll() {
        self.bytes.removeAll(keepingCapacity: true)
        self.ends.removeAll(keepingCapacity: true)
    }

    /// Calls `body` with the pieces, which are valid until it returns.
    ///
    /// - Parameter last: one more piece, which is elsewhere.
    package func withParts<Result>(
        last: UnsafeRawBufferPointer? = nil, _ body: (UnsafeBufferPointer<UnsafeRawBufferPointer>) -> Result
    ) -> Result {
        let count = self.ends.count + (last == nil ? 0 : 1)
        return self.bytes.withUnsafeBytes { bytes in
            withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: count) { parts in
                var start = 0
                for (index, end) in self.ends.enumerated() {
                    parts.initializeElement(at: index, to: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
                    start = end
                }
                if let last { parts.initializeElement(at: count - 1, to: last) }
                return body(UnsafeBufferPointer(parts))
            }
        }
    }
}
