/// Memory for frames, lent by a loop to the handlers that have something to write.
struct FrameBlock {
    private(set) var base: UnsafeMutableRawPointer?
    private(set) var capacity = 0
    var count = 0

    /// The frames that are collected.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: self.base, count: self.count) }

    /// Makes room for `length` bytes in all.
    mutating func reserve(_ length: Int) {
        guard length > self.capacity else { return }
        let capacity = max(length, self.capacity * 2, 4096)
        let base = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        if let old = self.base {
            base.copyMemory(from: old, byteCount: self.count)
            old.deallocate()
        }
        self.base = base
        self.capacity = capacity
    }

    /// Nothing may be written to it, or to a copy of it, after that.
    func free() { self.base?.deallocate() }
}
