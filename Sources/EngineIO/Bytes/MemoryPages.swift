import Glibc

/// Memory that is no longer needed, though what it is a part of lives on.
public enum MemoryPages {
    /// Less is not worth a system call.
    public static let leastReleased = 1 << 20

    /// Returns the whole pages in `bytes` to the system. They read as zeros afterwards, so no code may read them.
    public static func release(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= self.leastReleased, let base = bytes.baseAddress else { return }
        let page = UInt(getpagesize())
        let start = (UInt(bitPattern: base) + page - 1) / page * page
        let end = (UInt(bitPattern: base) + UInt(bytes.count)) / page * page
        guard start < end, let first = UnsafeMutableRawPointer(bitPattern: start) else { return }
        madvise(first, Int(end - start), CInt(MADV_DONTNEED))
    }
}
