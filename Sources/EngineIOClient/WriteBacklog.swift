import NIOCore

/// Counts which messages the system has taken, so that a lost connection can say how many messages it lost.
struct WriteBacklog {
    private struct Mark {
        /// Bytes and messages that were written up to and with this flush.
        var bytes: Int
        var messages: Int
    }

    /// Messages framed so far.
    var messages = 0
    private var bytes = 0
    private var written = 0
    private var marks = CircularBuffer<Mark>(initialCapacity: 0)

    /// How many flushes are remembered before the channel has to be asked what it still holds.
    private static let markLimit = 64

    /// Everything made so far has been handed to the channel. Returns whether it is time to ``settle(waiting:)``.
    mutating func flushed(_ count: Int) -> Bool {
        self.bytes += count
        self.marks.append(Mark(bytes: self.bytes, messages: self.messages))
        return self.marks.count >= Self.markLimit
    }

    /// - Parameter waiting: the bytes that the channel still holds.
    mutating func settle(waiting: Int) {
        while let mark = self.marks.first, mark.bytes <= self.bytes - waiting {
            self.written = mark.messages
            self.marks.removeFirst()
        }
    }

    var unwritten: Int { max(self.messages - self.written, 0) }
}
