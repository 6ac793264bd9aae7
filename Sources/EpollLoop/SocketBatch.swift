import CEpoll

/// Receives from many sockets, or sends on many, in one system call.
///
/// A system call costs as much as the rest of what the loop does for a short message; with hundreds of busy connections
/// it is saved for all but one of ``limit``. The calls are those that do not wait, so all of them are over when
/// ``submit()`` returns.
package final class SocketBatch {
    /// At most so many calls at a time.
    package static let limit = 32

    private var batch = epoll_loop_batch()
    private let results = UnsafeMutablePointer<Int32>.allocate(capacity: limit)

    /// For the thread that calls. nil where the system has no io_uring (Linux 6.1) or forbids it, as container runtimes
    /// do.
    package init?() {
        guard epoll_loop_batch_open(&self.batch, UInt32(Self.limit)) != 0 else { return nil }
    }

    deinit {
        epoll_loop_batch_close(&self.batch)
        self.results.deallocate()
    }

    /// - Parameter place: where ``result(_:)`` has what comes of it, less than ``limit``; one call for each.
    package func addSend(_ socket: CInt, _ bytes: UnsafeRawBufferPointer, at place: Int) {
        precondition(place < Self.limit, "a batch has no such place")
        epoll_loop_batch_add_send(&self.batch, UInt32(place), socket, bytes.baseAddress, bytes.count)
    }

    func addReceive(_ socket: CInt, _ buffer: UnsafeMutableRawBufferPointer, at place: Int) {
        precondition(place < Self.limit, "a batch has no such place")
        epoll_loop_batch_add_receive(&self.batch, UInt32(place), socket, buffer.baseAddress, buffer.count)
    }

    /// Makes the calls, in the order in which they were added.
    package func submit() {
        self.results.update(repeating: Self.notMade, count: Self.limit)
        epoll_loop_batch_submit(&self.batch, self.results)
    }

    /// The result of the call that was added for this place: a count of bytes, or a negated error number. nil without a
    /// call, or if the system did not make it.
    package func result(_ place: Int) -> Int? {
        let result = self.results[place]
        return result == Self.notMade ? nil : Int(result)
    }

    private static let notMade = Int32.min
}
