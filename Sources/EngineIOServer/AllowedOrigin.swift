import EngineIO

/// Where pages may come from that use a server: an origin as browsers send it (RFC 6454, section 7), or any.
package struct AllowedOrigin: Hashable, Sendable {
    /// Pages of every origin, and requests for every host.
    package static let any = AllowedOrigin(kind: .any)

    private enum Kind: Hashable, Sendable {
        case any
        case one(Origin)
        /// What browsers send for pages without an address, such as files.
        case null
    }

    private let kind: Kind

    private init(kind: Kind) { self.kind = kind }

    /// - Parameter text: `http://localhost:3000`, `null` or `*`; nil for anything else.
    package init?(_ text: String) {
        switch text {
        case "*": self.kind = .any
        case "null": self.kind = .null
        default:
            guard let origin = Origin(text) else { return nil }
            self.kind = .one(origin)
        }
    }

    func allows(origin text: String) -> Bool {
        switch self.kind {
        case .any: true
        case .null: text == "null"
        case .one(let origin): Origin(text) == origin
        }
    }

    /// Whether requests may be for this host, whose name the user has written.
    func allows(host: String) -> Bool {
        switch self.kind {
        case .any: true
        case .null: false
        case .one(let origin): origin.host == host
        }
    }
}

/// Scheme, host and port.
struct Origin: Hashable {
    var scheme: String
    var host: String
    var port: Int

    /// - Parameter text: `scheme://host` or `scheme://host:port`, and nothing behind it.
    init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
        let scheme = text[..<colon].lowercased()
        guard let defaultPort = ["http": 80, "https": 443][scheme],
            let host = HostHeader(String(text[text.index(colon, offsetBy: 3)...]))
        else { return nil }
        (self.scheme, self.host, self.port) = (scheme, host.name, host.port ?? defaultPort)
    }

    /// Whether a page of this origin that asks for `host` asks its own server. A proxy may have taken TLS away.
    func isSame(as host: HostHeader) -> Bool {
        self.host == host.name && self.port == host.port ?? (self.scheme == "https" ? 443 : 80)
    }
}

/// The value of a `Host` header (RFC 9110, section 7.2).
struct HostHeader: Equatable {
    /// In lower case, an IPv6 address without its brackets, without the final dot of a name.
    var name: String
    var port: Int?

    init?(_ text: String) {
        var name = Substring(text)
        var port: Substring?
        if name.hasPrefix("[") {
            guard let end = name.firstIndex(of: "]") else { return nil }
            let rest = name[name.index(after: end)...]
            if !rest.isEmpty {
                guard rest.hasPrefix(":") else { return nil }
                port = rest.dropFirst()
            }
            name = name[..<end].dropFirst()
        } else if let colon = name.firstIndex(of: ":") {
            port = name[name.index(after: colon)...]
            name = name[..<colon]
        }
        if name.hasSuffix(".") { name = name.dropLast() }
        let isPlain = name.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "-._:%".utf8.contains(byte)
        }
        guard !name.isEmpty, isPlain else { return nil }
        self.name = name.lowercased()
        guard let port, !port.isEmpty else { return }
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(port) else { return nil }
        self.port = Int(number)
    }
}
