import NIOCore

/// Which requests a server takes: those of programs, and of pages that are its own or allowed.
///
/// A browser sends any page's requests to any address that its user can reach, including loopback. The `Origin` header
/// names the page's origin, and ``OwnHosts`` recognises a page whose name is made to lead to this server.
struct Admission {
    private let allowed: [AllowedOrigin]
    private let hosts: OwnHosts

    init(_ configuration: ServerConfiguration) {
        self.allowed = configuration.allowedOrigins
        self.hosts = OwnHosts(listeningAt: configuration.host)
    }

    /// - Parameters:
    ///   - hosts: the values of the request's `Host` headers; a browser sends exactly one.
    ///   - origins: those of its `Origin` headers; programs other than browsers mostly send none.
    ///   - address: where the connection came to.
    /// - Returns: why the request is refused, in words; nil where it is taken.
    func refusal(hosts: [String], origins: [String], address: SocketAddress?) -> String? {
        for text in hosts {
            if self.allowed.contains(.any) || text.isEmpty { continue }
            guard let host = HostHeader(text) else { return "The Host header '\(Self.shown(text))' is not a host" }
            if self.hosts.contains(host.name, address: address) { continue }
            if self.allowed.contains(where: { $0.allows(host: host.name) }) { continue }
            let name = Self.shown(host.name.contains(":") ? "[\(host.name)]" : host.name)
            return "Requests for the host '\(name)' are refused, as a page from elsewhere may have caused them: "
                + "--allow-origin http://\(name) allows them, --allow-origin '*' those for all hosts"
        }
        for text in origins {
            if let origin = Origin(text), let host = hosts.first.flatMap(HostHeader.init), origin.isSame(as: host) {
                continue
            }
            if self.allowed.contains(where: { $0.allows(origin: text) }) { continue }
            let origin = Self.shown(text)
            return "Requests from pages of the origin '\(origin)' are refused: "
                + "--allow-origin \(origin) allows them, --allow-origin '*' those of all pages"
        }
        return nil
    }

    /// The origin that the answer allows to read it (CORS); nil where the answer says nothing.
    func readableBy(_ origins: [String]) -> String? {
        guard origins.count == 1, self.allowed.contains(where: { $0.allows(origin: origins[0]) }) else { return nil }
        return origins[0]
    }

    private static func shown(_ text: String) -> String {
        let isPlain = { (scalar: Unicode.Scalar) in
            (0x21...0x7E).contains(scalar.value) && !["\"", "\\", "'"].contains(scalar)
        }
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(100) { shown.append(isPlain(scalar) ? scalar : "?") }
        return String(shown) + (text.unicodeScalars.count > 100 ? "…" : "")
    }
}

extension SocketAddress {
    /// Whether only programs on this machine reach the address.
    package var isLoopback: Bool {
        switch (self, self.ipAddress) {
        case (.v4, let text?): text.hasPrefix("127.")
        case (.v6, let text?): text == "::1" || text.hasPrefix("::ffff:127.")
        default: false
        }
    }
}
