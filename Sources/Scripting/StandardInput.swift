import Glibc
import NIOPosix
import Synchronization

/// Reads the standard input on a separate thread, one chunk for each request, because a terminal or pipe may never
/// answer, and the loop must not wait for it.
package final class StandardInput: Sendable {
    private let pool = NIOThreadPool(numberOfThreads: 1)
    private let isStarted = Atomic<Bool>(false)

    package init() {}

    private static let chunkSize = 64 << 10

    /// - Parameter completion: called on that thread with what was read (nothing at the end of the input) and errno.
    package func read(_ completion: @escaping @Sendable (_ chunk: [UInt8], _ error: Int32) -> Void) {
        if !self.isStarted.exchange(true, ordering: .relaxed) { self.pool.start() }
        self.pool.submit { state in
            guard state == .active else { return }
            var error: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { buffer, count in
                var result: Int
                repeat {
                    result = Glibc.read(STDIN_FILENO, buffer.baseAddress, buffer.count)
                } while result < 0 && errno == EINTR
                if result < 0 { error = errno }
                count = max(result, 0)
            }
            completion(chunk, error)
        }
    }
}
