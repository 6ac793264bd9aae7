import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Reads the standard input on a thread of its own, a chunk when one is wanted: a terminal or pipe may never answer, and
/// the loop must not wait for it.
final class StandardInput {
    private let eventLoop: any EventLoop
    private let pool = NIOThreadPool(numberOfThreads: 1)
    private var isStarted = false

    private static let chunkSize = 64 << 10

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// - Parameter completion: called on the loop with what was read (nothing at the end of the input) and errno.
    func read(_ completion: @escaping (_ chunk: [UInt8], _ error: Int32) -> Void) {
        if !self.isStarted {
            self.isStarted = true
            self.pool.start()
        }
        let future = self.pool.runIfActive(eventLoop: self.eventLoop) { () -> ([UInt8], Int32) in
            var error: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { buffer, count in
                var result: Int
                repeat {
                    result = Glibc.read(STDIN_FILENO, buffer.baseAddress, buffer.count)
                } while result < 0 && errno == EINTR
                if result < 0 { error = errno }
                count = max(result, 0)
            }
            return (chunk, error)
        }
        future.assumeIsolated().whenSuccess { completion($0.0, $0.1) }
    }
}
