import EpollLoop
import Glibc
import NIOCore
import NIOPosix

/// Looks up names for the connections of one event loop. The system's resolver blocks, so it runs on another thread.
final class HostResolver {
    private let eventLoop: any EventLoop
    /// Under way, by host and port: users that start together ask once, and a name server that hangs is asked once.
    private var lookups: [String: EventLoopFuture<HostAddresses>] = [:]

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// - Returns: on the loop; fails with ``HostLookupError``.
    func lookUp(_ host: String, port: Int) -> EventLoopFuture<HostAddresses> {
        let key = "\(host):\(port)"
        if let lookup = self.lookups[key] { return lookup }
        let lookup = NIOThreadPool.singleton.runIfActive(eventLoop: self.eventLoop) {
            try Self.askSystem(host, port: port)
        }
        self.lookups[key] = lookup
        lookup.assumeIsolated().whenComplete { _ in self.lookups[key] = nil }
        return lookup
    }

    private static func askSystem(_ host: String, port: Int) throws(HostLookupError) -> HostAddresses {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_protocol = CInt(IPPROTO_TCP)
        var list: UnsafeMutablePointer<addrinfo>?
        errno = 0
        let status = getaddrinfo(host, "\(port)", &hints, &list)
        let code = errno
        guard status == 0 else {
            // Without descriptors the resolver reads no file and asks no server, and reports what follows from that.
            let isSystem = status == EAI_SYSTEM || code == EMFILE || code == ENFILE
            throw HostLookupError(reason: isSystem ? systemErrorText(code) : String(cString: gai_strerror(status)))
        }
        defer { freeaddrinfo(list) }
        var addresses = HostAddresses()
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            guard let address = UnsafeRawPointer(entry.ai_addr) else { continue }
            switch entry.ai_family {
            case AF_INET:
                addresses.v4.append(SocketAddress(address.loadUnaligned(as: sockaddr_in.self), host: host))
            case AF_INET6:
                addresses.v6.append(SocketAddress(address.loadUnaligned(as: sockaddr_in6.self), host: host))
            default:
                break
            }
        }
        return addresses
    }
}
