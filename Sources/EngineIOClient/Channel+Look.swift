import EpollLoop
import Glibc
import NIOCore

extension Channel {
    /// The input that has arrived and was not read, as far as the system knows.
    var pendingInput: PendingInput {
        if let socket = self as? SocketChannel { return socket.pendingInput }
        guard self is any SocketOptionProvider else { return .nothing }
        // The first byte of `tcp_info` is the state of the connection.
        let option = ChannelOptions.Types.SocketOption(
            level: NIOBSDSocket.OptionLevel(rawValue: CInt(IPPROTO_TCP)), name: .init(rawValue: TCP_INFO))
        guard let info = try? self.syncOptions?.getOption(option) else { return .nothing }
        return withUnsafeBytes(of: info) { $0[0] } == UInt8(TCP_ESTABLISHED) ? .nothing : .end
    }
}
