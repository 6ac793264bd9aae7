import Glibc

/// A blocking socket of POSIX's: the other end of what is tested.
package struct Peer {
    package struct Failure: Error {
        package var code = errno

        package init() {}
    }

    package let descriptor: CInt

    package init(descriptor: CInt) {
        self.descriptor = descriptor
        Self.limitWaits(of: descriptor)
    }

    /// Data or a connection that never comes fails a test instead of hanging it.
    static func limitWaits(of descriptor: CInt) {
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Two ends of one connection.
    package static func pair(_ type: CInt = CInt(SOCK_STREAM.rawValue)) throws -> (CInt, Peer) {
        var ends: [CInt] = [0, 0]
        let nonBlocking = type | CInt(SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, nonBlocking, 0, &ends) == 0 else { throw Failure() }
        _ = fcntl(ends[1], F_SETFL, 0)
        return (ends[0], Peer(descriptor: ends[1]))
    }

    package func write(_ text: String) {
        _ = send(self.descriptor, text, text.utf8.count, CInt(MSG_NOSIGNAL))
    }

    /// One read; empty at the end and where it failed.
    package func read(atMost count: Int = 1 << 16) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            length = max(0, recv(self.descriptor, buffer.baseAddress, count, 0))
        }
    }

    package func text(_ count: Int) -> String {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = self.read(atMost: count - bytes.count)
            if more.isEmpty { break }
            bytes += more
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    package func close() { _ = Glibc.close(self.descriptor) }

    /// Ends a TCP connection, and returns when the other end's system has the end: on a busy machine that may be later.
    package func closeAndWait() throws {
        guard shutdown(self.descriptor, CInt(SHUT_WR)) == 0 else { throw Failure() }
        // The first byte of the system's tcp_info is the state; 5 is FIN_WAIT2: the end was acknowledged.
        var (state, size) = (UInt8(0), socklen_t(1))
        while state != 5 {
            guard getsockopt(self.descriptor, CInt(IPPROTO_TCP), TCP_INFO, &state, &size) == 0 else { throw Failure() }
            sched_yield()
        }
        self.close()
    }

    /// Ends the connection by a reset.
    package func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(self.descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        self.close()
    }
}
