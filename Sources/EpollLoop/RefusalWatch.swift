import Glibc

/// Keeps a connection that has ended from this side long enough to learn what became of what was sent last.
package final class RefusalWatch {
    private let descriptor: CInt

    /// - Returns: nil where the system has no descriptor left.
    package init?(of channel: SocketChannel) {
        self.descriptor = dup(channel.descriptor)
        if self.descriptor < 0 { return nil }
    }

    deinit { Glibc.close(self.descriptor) }

    /// Whether the peer's system has refused bytes (RST): as this side has not closed the connection, nothing else can
    /// have ended it wholly.
    package var isRefused: Bool {
        var state: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        // The first byte of `tcp_info` is the state of the connection.
        guard getsockopt(self.descriptor, CInt(IPPROTO_TCP), TCP_INFO, &state, &length) == 0 else { return false }
        return withUnsafeBytes(of: state) { $0[0] } == UInt8(TCP_CLOSE)
    }
}
