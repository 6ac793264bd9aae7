import Glibc
import NIOCore

/// A listening socket on 127.0.0.1.
package struct Listener {
    package let descriptor: CInt
    package let address: SocketAddress

    package init(backlog: CInt = 64) throws {
        self.descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        Peer.limitWaits(of: self.descriptor)
        let any = try SocketAddress(ipAddress: "127.0.0.1", port: 0)
        let descriptor = self.descriptor
        let isBound = any.withSockAddr { pointer, size in
            bind(descriptor, pointer, socklen_t(size)) == 0 && listen(descriptor, backlog) == 0
        }
        guard isBound else { throw Peer.Failure() }
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard status == 0 else { throw Peer.Failure() }
        self.address = withUnsafeBytes(of: address) { SocketAddress($0.load(as: sockaddr_in.self)) }
    }

    package func accept() throws -> Peer {
        let descriptor = Glibc.accept(self.descriptor, nil, nil)
        guard descriptor >= 0 else { throw Peer.Failure() }
        return Peer(descriptor: descriptor)
    }

    package func close() { _ = Glibc.close(self.descriptor) }
}
