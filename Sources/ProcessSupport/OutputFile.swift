import CStdio
import Glibc
import Synchronization

/// A file or a pipe that one thread writes to. A pipe without a reader blocks that thread until ``giveUp(after:)``.
package final class OutputFile: Sendable {
    package enum Failure: Error, Equatable, CustomStringConvertible {
        /// The value of `errno`.
        case system(Int32)
        /// The time was over before all was written.
        case gaveUp

        package var description: String {
            switch self {
            case .system(let code): SystemError.text(code)
            case .gaveUp: "nobody reads it"
            }
        }
    }

    private let descriptor: Int32
    /// The limit for one write, in bytes: a pipe has room for so many when `poll` reports any room. The standard output
    /// is shared with other programs, so it cannot be made non-blocking.
    private let largestWrite: Int
    /// Nanoseconds on the monotonic clock.
    private let deadline = Atomic<Int64>(.max)

    /// How often a writer that waits looks for the deadline, in milliseconds.
    private static let pollInterval: Int32 = 100

    /// - Parameter path: `-` is the standard output.
    package init(path: String) throws(Failure) {
        if path == "-" {
            self.largestWrite = Int(PIPE_BUF)
            self.descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
            if self.descriptor < 0 { throw .system(errno) }
            return
        }
        self.largestWrite = .max
        var status = stat()
        let isPipe = stat(ProcessArguments.path(path), &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
        // A pipe that is opened only for writing blocks, or is an error, without a reader; the reader may come later.
        let access = isPipe ? O_RDWR : O_WRONLY | O_CREAT | O_TRUNC
        self.descriptor = open(ProcessArguments.path(path), access | O_NONBLOCK | O_CLOEXEC, 0o666)
        if self.descriptor < 0 { throw .system(errno) }
    }

    package func write(_ bytes: some Sequence<UInt8>) throws(Failure) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            if self.largestWrite < .max, !self.isWritable() {
                if ProcessClock.monotonic() >= self.deadline.load(ordering: .relaxed) { throw .gaveUp }
                continue
            }
            let part = rest.prefix(self.largestWrite)
            let count = part.withUnsafeBytes { Glibc.write(self.descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            guard errno == EAGAIN || errno == EINTR else { throw .system(errno) }
            if ProcessClock.monotonic() >= self.deadline.load(ordering: .relaxed) { throw .gaveUp }
            _ = self.isWritable()
        }
    }

    /// Waits a little for it to be.
    private func isWritable() -> Bool {
        var waiting = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&waiting, 1, Self.pollInterval) > 0
    }

    /// - Throws: an error that the file system reports only now.
    package func close() throws(Failure) {
        if Glibc.close(self.descriptor) != 0 { throw .system(errno) }
    }

    /// Drops everything that is not written within this time. Safe on any thread.
    package func giveUp(after time: Duration) {
        let (seconds, attoseconds) = time.components
        self.deadline.store(
            ProcessClock.monotonic() + seconds * 1_000_000_000 + attoseconds / 1_000_000_000, ordering: .relaxed)
    }

}
