import Glibc
import NIOCore

/// Goes through the pipeline, as a user event, when the channel is about to close its socket.
package struct SocketEnding: Sendable {}

/// What waits to be read from a socket.
package enum PendingInput: Sendable {
    case nothing
    case bytes
    /// The end of the connection, or an error.
    case end
}

extension SocketChannel {
    /// Asks the system what has come and was not read.
    package var pendingInput: PendingInput {
        var byte: UInt8 = 0
        let count = recv(self.descriptor, &byte, 1, CInt(MSG_PEEK) | CInt(MSG_DONTWAIT))
        if count > 0 { return .bytes }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .end
    }
}

/// Keeps a connection that has ended from this side long enough to learn what became of what was sent last.
package final class RefusalWatch {
    private let descriptor: CInt

    /// - Returns: nil where the system has no descriptor left.
    package init?(of channel: SocketChannel) {
        self.descriptor = dup(channel.descriptor)
        if self.descriptor < 0 { return nil }
    }

    deinit { Glibc.close(self.descriptor) }

    /// Whether the peer's system has refused bytes (RST): as this side has not closed the connection, nothing else can have
    /// ended it wholly.
    package var isRefused: Bool {
        var state: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        // The first byte of `tcp_info` is the state of the connection.
        guard getsockopt(self.descriptor, CInt(IPPROTO_TCP), TCP_INFO, &state, &length) == 0 else { return false }
        return withUnsafeBytes(of: state) { $0[0] } == UInt8(TCP_CLOSE)
    }
}
