import Glibc

enum RandomBytes {
    /// The most bytes that one system call returns.
    private static let blockSize = 256

    /// `count` words from the kernel's random generator.
    static func words(_ count: Int) -> [UInt32] {
        [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
            var rest = UnsafeMutableRawBufferPointer(buffer)
            while let base = rest.baseAddress, !rest.isEmpty {
                let length = min(rest.count, Self.blockSize)
                guard getentropy(base, length) == 0 else {
                    fatalError("the system has no random numbers: errno \(errno)")
                }
                rest = UnsafeMutableRawBufferPointer(rebasing: rest.dropFirst(length))
            }
            initialized = count
        }
    }
}
