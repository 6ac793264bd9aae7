import Glibc
import NIOCore

/// The data that a channel was given and the system has not taken.
struct PendingWrites {
    private var writes = CircularBuffer<(data: ByteBuffer, promise: EventLoopPromise<Void>?)>(initialCapacity: 0)
    /// How many of them may be written.
    private var flushed = 0
    private(set) var bytes = 0

    /// Buffers that are no longer than this together go in one packet.
    private static let joinedLength = 16 << 10

    var isEmpty: Bool { self.writes.isEmpty }
    var hasFlushed: Bool { self.flushed > 0 }

    mutating func append(_ data: ByteBuffer, _ promise: EventLoopPromise<Void>?) {
        self.writes.append((data, promise))
        self.bytes += data.readableBytes
    }

    mutating func markFlushed() { self.flushed = self.writes.count }

    /// Lets the system take what it can.
    ///
    /// - Returns: the promises of what it took wholly.
    /// - Throws: `IOError`, except for EAGAIN, which means that the system takes no more now.
    mutating func write(to socket: CInt) throws -> [EventLoopPromise<Void>] {
        var done: [EventLoopPromise<Void>] = []
        while self.flushed > 0 {
            let (sent, length) = self.send(to: socket)
            if sent < 0 {
                if errno == EAGAIN { return done }
                throw IOError(errnoCode: errno, reason: "send")
            }
            self.bytes -= sent
            self.take(sent, into: &done)
            if sent < length { return done }
        }
        return done
    }

    /// - Returns: what the system took, or -1; and what it could have taken.
    private func send(to socket: CInt) -> (sent: Int, length: Int) {
        guard var data = self.writes.first?.data else { return (0, 0) }
        for write in self.writes.prefix(self.flushed).dropFirst() {
            guard data.readableBytes + write.data.readableBytes <= Self.joinedLength else { break }
            data.writeImmutableBuffer(write.data)
        }
        return (data.withUnsafeReadableBytes { Self.send($0, to: socket) }, data.readableBytes)
    }

    /// - Returns: how many bytes the system took, or -1 with `errno` set; EAGAIN means that it takes none now.
    static func send(_ bytes: UnsafeRawBufferPointer, to socket: CInt) -> Int {
        while true {
            let sent = Glibc.send(socket, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
            if sent >= 0 || errno != EINTR { return sent }
        }
    }

    private mutating func take(_ count: Int, into done: inout [EventLoopPromise<Void>]) {
        var left = count
        while let first = self.writes.first, self.flushed > 0, left >= first.data.readableBytes {
            left -= first.data.readableBytes
            self.writes.removeFirst()
            self.flushed -= 1
            if let promise = first.promise { done.append(promise) }
        }
        if left > 0 { self.writes[self.writes.startIndex].data.moveReaderIndex(forwardBy: left) }
    }

    /// Gives all of them up.
    mutating func removeAll() -> [EventLoopPromise<Void>] {
        let promises = self.writes.compactMap(\.promise)
        self = PendingWrites()
        return promises
    }
}
