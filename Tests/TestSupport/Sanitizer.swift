import Glibc

/// The sanitizer that the tests are built with.
package enum Sanitizer {
    /// ThreadSanitizer delivers a signal to a thread only at its next system call: one that computes gets none.
    package static var delaysSignals: Bool { dlsym(nil, "__tsan_init") != nil }

    /// Bytes that are allocated now, or nil without a sanitizer. Freed memory that it keeps does not count.
    package static var allocatedBytes: Int? {
        dlsym(nil, "__sanitizer_get_current_allocated_bytes").map {
            unsafeBitCast($0, to: (@convention(c) () -> Int).self)()
        }
    }
}
