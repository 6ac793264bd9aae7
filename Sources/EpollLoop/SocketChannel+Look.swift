import Glibc

extension SocketChannel {
    /// Asks the system what has come and was not read.
    package var pendingInput: PendingInput {
        var byte: UInt8 = 0
        let count = recv(self.descriptor, &byte, 1, CInt(MSG_PEEK) | CInt(MSG_DONTWAIT))
        if count > 0 { return .bytes }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .end
    }
}
