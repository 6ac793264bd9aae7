import NIOCore

/// The addresses of a name, by their families.
struct HostAddresses: Sendable {
    var v4: [SocketAddress] = []
    var v6: [SocketAddress] = []
}

extension HostAddresses {
    init(_ addresses: [SocketAddress]) {
        for address in addresses {
            if address.protocol == .inet6 { self.v6.append(address) } else { self.v4.append(address) }
        }
    }

    /// - Parameter family: of the local address, where one is demanded: the other family cannot be reached from it.
    func reachable(from family: NIOBSDSocket.ProtocolFamily?) -> Self {
        Self(v4: family == .inet6 ? [] : self.v4, v6: family == .inet ? [] : self.v6)
    }
}
