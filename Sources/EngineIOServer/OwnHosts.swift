import NIOCore

/// The hosts by which requests may reach a server.
///
/// A browser sends any page's requests to any address that its user can reach. A page whose name is made to lead to
/// this server (DNS rebinding) has the server's own origin for the browser; only `Host` has its name.
package struct OwnHosts: Sendable {
    /// The host that the server listens at, in lower case.
    private let listening: String
    /// Whether it listens at all addresses of the machine.
    package let isEverywhere: Bool
    private let names: [String]

    /// - Parameters:
    ///   - host: the name or address that the server listens at, without brackets.
    ///   - names: further names, such as the machine's.
    package init(listeningAt host: String, names: [String] = []) {
        self.listening = host.lowercased()
        let address = (try? SocketAddress(ipAddress: self.listening, port: 0))?.ipAddress ?? self.listening
        self.isEverywhere = ["0.0.0.0", "::", ""].contains(address)
        self.names = names.map { $0.lowercased() }
    }

    /// The port does not matter, because a proxy or a container may be in front.
    ///
    /// - Parameters:
    ///   - name: as a ``HostHeader`` has it.
    ///   - address: where the connection came to.
    package func contains(_ name: String, address: SocketAddress?) -> Bool {
        if name == "localhost" || name.hasSuffix(".localhost") || name == self.listening { return true }
        if let literal = try? SocketAddress(ipAddress: name, port: 0) {
            // A name can be made to lead here, an address cannot; a translated one is not known to this machine.
            return self.isEverywhere || literal.isLoopback || literal.ipAddress == address?.ipAddress
        }
        return self.names.contains(name)
    }
}
