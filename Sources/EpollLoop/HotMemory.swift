import CEpoll

/// What serving a channel touches. With thousands of channels none of it is in the processor's cache when its turn comes, and
/// waiting for it costs as much as the work; so the loop has it fetched while it serves the channels before.
struct HotMemory {
    private let ranges: UnsafeMutableBufferPointer<UnsafeRawBufferPointer>

    init(_ ranges: [UnsafeRawBufferPointer]) {
        self.ranges = .allocate(capacity: ranges.count)
        _ = self.ranges.initialize(from: ranges)
    }

    /// It may not be used after that, nor may a copy of it.
    func free() { self.ranges.deallocate() }

    /// Where the ranges are listed has to be fetched before they can be.
    @inline(__always)
    func prefetchList() {
        let size = self.ranges.count * MemoryLayout<UnsafeRawBufferPointer>.stride
        epoll_loop_prefetch(self.ranges.baseAddress, UInt(size))
    }

    @inline(__always)
    func prefetch() {
        for range in self.ranges { epoll_loop_prefetch(range.baseAddress, UInt(range.count)) }
    }
}

extension UnsafeRawBufferPointer {
    /// The memory of an object; of a large one, its beginning.
    package init(of object: AnyObject) {
        let address = Unmanaged.passUnretained(object).toOpaque()
        self.init(start: address, count: Swift.min(Int(malloc_usable_size(address)), 1024))
    }
}
