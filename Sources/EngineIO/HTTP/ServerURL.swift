import NIOCore

/// The address of an Engine.IO server, as a person writes it: `http://localhost:5000`, `wss://example.org?room=1`.
///
/// As in python-engineio the path and the fragment are not used, and the query goes with every request.
public struct ServerURL: Sendable, Equatable, CustomStringConvertible {
    /// https or wss.
    public var isSecure: Bool
    /// In lower case, an IPv6 address without its brackets. The zone of such an address (`fe80::1%eth0`) is as written.
    public var host: String
    /// As written, or the scheme's own: 80 or 443.
    public var port: Int
    /// As written; `""` if absent. No request uses it.
    public var path: String
    /// As written, without `?`, and without the keys that the client sets itself.
    public var query: String
    /// The value of an `Authorization` header, from `user:password@`.
    public var authorization: String?

    private static let defaultPorts = [false: 80, true: 443]
    /// The keys that only the client itself can set right.
    static let reservedKeys = ["transport", "EIO", "sid"].map { Array($0.utf8) }
    static let timestampKey = Array("t".utf8)

    /// - Throws: ``ServerURLError`` that says what is wrong and what to write instead.
    public init(_ text: String) throws(ServerURLError) {
        guard !text.isEmpty else { throw ServerURLError(message: "the url is empty: write http://localhost:5000") }
        for (offset, byte) in text.utf8.enumerated() where byte <= 0x20 || byte == 0x7F {
            let what = byte == 0x20 ? "a space" : "the control character \(byte)"
            let instead = byte == 0x20 ? "leave it out, or write %20" : "leave it out"
            throw ServerURLError(text, "has \(what) at byte \(offset + 1): \(instead)")
        }
        let (isSecure, start) = try Self.scheme(of: text)
        let rest = text.utf8[start...].prefix { $0 != UInt8(ascii: "#") }
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        let path = rest[authority.endIndex...].prefix { $0 != UInt8(ascii: "?") }
        let query = rest[path.endIndex...].dropFirst()
        guard PercentEncoding.decode(query) != nil else {
            throw ServerURLError(text, "has a % without two hexadecimal digits in its query: write %25")
        }
        var server = authority
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
            guard let credentials = Self.credentials(authority[..<at]) else {
                throw ServerURLError(text, "has a % without two hexadecimal digits before the @: write %25")
            }
            self.authorization = Self.authorization(credentials)
            server = authority[authority.index(after: at)...]
        }
        let port: Substring.UTF8View
        (self.host, port) = try Self.host(of: server, in: text)
        self.port = try Self.port(of: port, in: text) ?? Self.defaultPorts[isSecure] ?? 80
        self.isSecure = isSecure
        self.path = String(Substring(path))
        self.query = Self.pairs(of: query, without: Self.reservedKeys)
    }

    public var isIPv6Literal: Bool { self.host.utf8.contains(UInt8(ascii: ":")) }

    /// The value of a `Host` header: the port only if it is not the scheme's own (RFC 9110, section 7.2), and no zone,
    /// which means something on this machine only (RFC 6874, section 4).
    public var hostHeader: String {
        let host = self.isIPv6Literal ? "[\(self.host.prefix { $0 != "%" })]" : self.host
        return self.port == Self.defaultPorts[self.isSecure] ? host : "\(host):\(self.port)"
    }

    /// Without the password and the query, which may hold secrets.
    public var description: String { "\(self.isSecure ? "https" : "http")://\(self.hostHeader)" }

    public func isSameOrigin(as other: ServerURL) -> Bool {
        self.isSecure == other.isSecure && self.host == other.host && self.port == other.port
    }
}

// MARK: - Parsing

extension ServerURL {
    /// The longest name that DNS can have, in bytes, with a dot at its end.
    private static let maximumHostLength = 254

    /// Whether the scheme asks for TLS, and where the host begins.
    private static func scheme(of text: String) throws(ServerURLError) -> (isSecure: Bool, end: String.Index) {
        guard let end = self.schemeEnd(of: text) else {
            throw ServerURLError(text, "has no scheme: write \(ServerURLError.suggestion(text))")
        }
        let scheme = text[..<end].lowercased()
        let rest = text.utf8[end...].dropFirst()
        let isSecure: Bool? =
            switch scheme {
            case "http", "ws": false
            case "https", "wss": true
            default: nil
            }
        guard rest.starts(with: "//".utf8) else {
            if isSecure == nil { throw ServerURLError(text, "has no scheme: write \(ServerURLError.suggestion(text))") }
            throw ServerURLError(text, "has no // behind \"\(scheme):\": write \(scheme)://")
        }
        guard let isSecure else {
            throw ServerURLError(
                message: "unsupported scheme \"\(scheme.prefix(40))\": use http, https, ws or wss")
        }
        return (isSecure, rest.index(rest.startIndex, offsetBy: 2))
    }

    /// The colon behind what may be a scheme (RFC 3986, section 3.1); a host with a port may look like one.
    static func schemeEnd(of text: String) -> String.Index? {
        let end = text.utf8.firstIndex { byte in
            !(PercentEncoding.isUnreserved(byte) || byte == UInt8(ascii: "+"))
                || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "~")
        }
        guard let end, text.utf8[end] == UInt8(ascii: ":"), let first = text.utf8.first,
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first | 0x20)
        else { return nil }
        return end
    }

    /// The host, and the digits of the port.
    private static func host(
        of server: Substring.UTF8View, in text: String
    ) throws(ServerURLError) -> (host: String, port: Substring.UTF8View) {
        let colon = UInt8(ascii: ":")
        if server.first == UInt8(ascii: "[") {
            guard let close = server.firstIndex(of: UInt8(ascii: "]")) else {
                throw ServerURLError(text, "has a [ without a ]: write an IPv6 address as [::1]")
            }
            guard let host = self.ipv6Host(server[..<close].dropFirst()) else {
                throw ServerURLError(text, "has no IPv6 address between [ and ]: write it as [::1]")
            }
            let behind = server[server.index(after: close)...]
            guard behind.isEmpty || behind.first == colon else {
                throw ServerURLError(text, "has something other than a port behind the ]: write [::1]:5000")
            }
            return (host, behind.dropFirst())
        }
        let name = server.prefix { $0 != colon }
        let port = server[name.endIndex...].dropFirst()
        guard !port.contains(colon) else {
            throw ServerURLError(text, "has more than one colon in its host: write an IPv6 address as [::1]")
        }
        guard !name.isEmpty else { throw ServerURLError(text, "has no host: write http://localhost:5000") }
        guard name.count <= self.maximumHostLength else {
            throw ServerURLError(text, "has a host of \(name.count) bytes: no name is longer than 253")
        }
        guard name.allSatisfy({ $0 < 0x80 }) else {
            let form = Punycode.host(Substring(name)).map { ", \($0)" } ?? ", which the command idn2 prints"
            throw ServerURLError(text, "has a host with letters that are not ASCII: write its xn-- form\(form)")
        }
        if let byte = name.first(where: { !PercentEncoding.isUnreserved($0) || $0 == UInt8(ascii: "~") }) {
            let character = Character(UnicodeScalar(byte))
            throw ServerURLError(
                text, "has a host with \"\(character)\": write letters, digits, \".\", \"-\" and \"_\" only")
        }
        return (Substring(name).lowercased(), port)
    }

    private static func port(of digits: Substring.UTF8View, in text: String) throws(ServerURLError) -> Int? {
        if digits.isEmpty { return nil }
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(Substring(digits)),
            (1...65535).contains(port)
        else { throw ServerURLError(text, "has a bad port: a port is a number from 1 to 65535") }
        return port
    }

    /// An IPv6 address, maybe with a zone (`%eth0`, or `%25eth0` as RFC 6874 has it), or nil for anything else.
    private static func ipv6Host(_ text: Substring.UTF8View) -> String? {
        let address = text.prefix { $0 != UInt8(ascii: "%") }
        // The longest has six groups and an IPv4 address.
        guard address.count <= 45, IPv6Syntax.isAddress(Substring(address)) else { return nil }
        let lowercased = Substring(address).lowercased()
        if address.endIndex == text.endIndex { return lowercased }
        var zone = text[address.endIndex...].dropFirst()
        if zone.starts(with: "25".utf8), zone.count > 2 { zone = zone.dropFirst(2) }
        guard (1...self.maximumHostLength).contains(zone.count), zone.allSatisfy(PercentEncoding.isUnreserved) else {
            return nil
        }
        return "\(lowercased)%\(Substring(zone))"
    }

    /// `user:password` as bytes, or nil for a bad escape. Without a colon there is an empty password.
    private static func credentials(_ text: Substring.UTF8View) -> [UInt8]? {
        guard let decoded = PercentEncoding.decode(text) else { return nil }
        return text.contains(UInt8(ascii: ":")) ? decoded : decoded + [UInt8(ascii: ":")]
    }

    /// RFC 7617, section 2; nil where user and password are empty.
    private static func authorization(_ credentials: [UInt8]) -> String? {
        if credentials == [UInt8(ascii: ":")] { return nil }
        var encoded = ByteBuffer()
        credentials.withUnsafeBytes { Base64.encode($0, into: &encoded) }
        return "Basic " + String(buffer: encoded)
    }
}
