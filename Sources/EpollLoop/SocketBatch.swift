import CEpoll

/// Receives from many sockets, or sends on many, in one system call.
///
/// A system call costs as much as the rest of what the loop does for a short message; with hundreds of busy connections it is
/// saved for all but one of ``limit``. The calls are those that do not wait, so all of them are over when ``submit()`` returns.
package final class SocketBatch {
    /// At most so many calls at a time.
    package static let limit = 32

    private var batch = epoll_loop_batch()
    private let results = UnsafeMutablePointer<Int32>.allocate(capacity: limit)

    /// For the thread that calls. nil where the system has no io_uring (Linux 6.1) or forbids it, as container runtimes do.
    package init?() {
        guard epoll_loop_batch_open(&self.batch, UInt32(Self.limit)) != 0 else { return nil }
    }

    deinit {
        epoll_loop_batch_close(&self.batch)
        self.results.deallocate()
    }

    /// Whether the system made all calls so far. If not, no more are to be added.
    private(set) package var isUsable = true

    /// How many calls were added since the last ``submit()``.
    package var count: Int { Int(self.batch.count) }

    package func addSend(_ socket: CInt, _ bytes: UnsafeRawBufferPointer) {
        epoll_loop_batch_add_send(&self.batch, socket, bytes.baseAddress, bytes.count)
    }

    func addReceive(_ socket: CInt, _ buffer: UnsafeMutableRawBufferPointer) {
        epoll_loop_batch_add_receive(&self.batch, socket, buffer.baseAddress, buffer.count)
    }

    /// Makes the calls, in the order in which they were added.
    package func submit() {
        if epoll_loop_batch_submit(&self.batch, self.results) == 0 { self.isUsable = false }
    }

    /// What the call that was added as `index`-th returned: a count of bytes, or an error number negated. EAGAIN also where the
    /// system did not make it.
    package func result(_ index: Int) -> Int { Int(self.results[index]) }
}
