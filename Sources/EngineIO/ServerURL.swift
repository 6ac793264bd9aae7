import NIOCore

/// What is wrong with an address, and what to write instead. The message shows neither passwords nor queries.
public struct ServerURLError: Error, Equatable, Sendable, CustomStringConvertible {
    public var message: String

    public init(message: String) {
        self.message = message
    }

    public var description: String { self.message }
}

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
    /// As written, `""` where there is none. No request uses it.
    public var path: String
    /// As written, without `?`, and without the keys that the client sets itself.
    public var query: String
    /// The value of an `Authorization` header, from `user:password@`.
    public var authorization: String?

    private static let defaultPorts = [false: 80, true: 443]
    /// The keys that only the client itself can set right.
    private static let reservedKeys = ["transport", "EIO", "sid"].map { Array($0.utf8) }
    private static let timestampKey = Array("t".utf8)

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

    /// What a `Host` header says: the port only where it is not the scheme's own (RFC 9110, section 7.2), and no zone,
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

// MARK: - Requests

extension ServerURL {
    /// The target of a request: the program's own query first, then what the protocol asks for (protocol, "URL").
    public func requestTarget(engineIOPath: String, transport: String, sid: String?, timestamp: String?) -> String {
        var target = Self.requestPath(engineIOPath: engineIOPath) + "?"
        if !self.query.isEmpty {
            target += PercentEncoding.encode(self.query, keeping: PercentEncoding.isQuery) + "&"
        }
        target += "transport=\(transport)&EIO=4"
        if let sid { target += "&sid=" + PercentEncoding.encode(sid, keeping: PercentEncoding.isUnreserved) }
        if let timestamp { target += "&t=" + timestamp }
        return target
    }

    /// The path of a request to the endpoint.
    public static func requestPath(engineIOPath: String) -> String {
        PercentEncoding.encode(self.normalized(engineIOPath), keeping: PercentEncoding.isPath)
    }

    /// One slash at each end, whatever was written; `/` alone for an empty path.
    public static func normalized(_ engineIOPath: String) -> String {
        let slash = UInt8(ascii: "/")
        let start = engineIOPath.utf8.drop { $0 == slash }
        guard let last = start.lastIndex(where: { $0 != slash }) else { return "/" }
        return "/" + String(Substring(start[...last])) + "/"
    }

    /// Where a redirect leads, and the endpoint there.
    ///
    /// The location's query replaces this url's, but for `transport`, `EIO`, `sid` and `t`, which the client sets
    /// itself. Within an origin the query and the credentials are kept where the location has none; another origin is
    /// not told of them.
    ///
    /// - Parameter location: the value of a `Location` header, absolute or relative to the endpoint (RFC 3986,
    ///   section 5).
    /// - Throws: ``ServerURLError`` for a location that is no address of a server.
    public func resolve(
        location: String, engineIOPath: String
    ) throws(ServerURLError) -> (url: ServerURL, engineIOPath: String) {
        var url: ServerURL
        if Self.schemeEnd(of: location) != nil {
            url = try ServerURL(location)
        } else if location.utf8.starts(with: "//".utf8) {
            url = try ServerURL((self.isSecure ? "https:" : "http:") + location)
        } else {
            let isAbsolute = location.utf8.first == UInt8(ascii: "/")
            let base = PercentEncoding.encode(Self.normalized(engineIOPath), keeping: PercentEncoding.isPath)
            url = try ServerURL(self.description + (isAbsolute ? "" : base) + location)
            // The description has no zone.
            url.host = self.host
        }
        url.query = Self.pairs(of: url.query[...].utf8, without: Self.reservedKeys + [Self.timestampKey])
        if self.isSameOrigin(as: url) {
            url.authorization = url.authorization ?? self.authorization
            if url.query.isEmpty { url.query = self.query }
        }
        return (url, Self.withoutDots(url.path))
    }

    /// RFC 3986, section 5.2.4.
    private static func withoutDots(_ path: String) -> String {
        var segments: [Substring.UTF8View] = []
        for segment in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst() {
            if segment.elementsEqual("..".utf8) {
                _ = segments.popLast()
            } else if !segment.elementsEqual(".".utf8) {
                segments.append(segment)
            }
        }
        return self.normalized(segments.map { String(Substring($0)) }.joined(separator: "/"))
    }

    /// Whether the query has a `t` of its own, which the client's timestamp must not meet.
    public var hasTimestamp: Bool {
        self.query.utf8.split(separator: UInt8(ascii: "&")).contains { pair in
            PercentEncoding.decode(pair.prefix { $0 != UInt8(ascii: "=") }) == Self.timestampKey
        }
    }

    /// The query without pairs whose key, however it is encoded, is one of `keys`, and without empty pairs.
    private static func pairs(of query: Substring.UTF8View, without keys: [[UInt8]]) -> String {
        query.split(separator: UInt8(ascii: "&")).filter { pair in
            let key = pair.prefix { $0 != UInt8(ascii: "=") }
            return !keys.contains(PercentEncoding.decode(key) ?? [])
        }.map { String(Substring($0)) }.joined(separator: "&")
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
    private static func schemeEnd(of text: String) -> String.Index? {
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

/// RFC 4291, section 2.2.
private enum IPv6Syntax {
    static func isAddress(_ text: Substring) -> Bool {
        guard let gap = text.firstRange(of: "::") else { return self.groups(text, mayEndInIPv4: true) == 8 }
        guard let before = self.groups(text[..<gap.lowerBound], mayEndInIPv4: false),
            let behind = self.groups(text[gap.upperBound...], mayEndInIPv4: true)
        else { return false }
        return before + behind <= 7
    }

    /// How many groups of 16 bits there are, or nil where something is none.
    private static func groups(_ text: Substring, mayEndInIPv4: Bool) -> Int? {
        if text.isEmpty { return 0 }
        var parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var count = 0
        if mayEndInIPv4, let last = parts.last, last.contains(UInt8(ascii: ".")) {
            guard self.isIPv4(last) else { return nil }
            parts.removeLast()
            count = 2
        }
        let areHexadecimal = parts.allSatisfy { part in
            (1...4).contains(part.count) && part.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
        }
        return areHexadecimal ? count + parts.count : nil
    }

    private static func isIPv4(_ text: Substring.UTF8View) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.allSatisfy { (0x30...0x39).contains($0) } && UInt8(Substring(part)) != nil
                    && (part.count == 1 || part.first != UInt8(ascii: "0"))
            }
    }
}

extension ServerURLError {
    /// What is wrong with a url, which the message names.
    fileprivate init(_ url: String, _ what: String) {
        self.init(message: "the url \"\(Self.shown(url))\" \(what)")
    }

    fileprivate static func suggestion(_ url: String) -> String {
        let server = self.shown(url).drop { $0 == "/" || $0 == ":" }.prefix { $0 != "…" }
        let scheme = ["http", "https", "ws", "wss"].first { server.lowercased().hasPrefix($0 + "//") }
        if let scheme { return "\(scheme)://\(server.dropFirst(scheme.count + 2))" }
        return server.isEmpty ? "http://localhost:5000" : "http://\(server)"
    }

    /// Enough of `url` to recognise it by, as a terminal can show it. Wherever an @ may end a password, all before it
    /// is left out: this may be the url that has an unescaped / in it.
    private static func shown(_ url: String) -> String {
        var rest = url.utf8[...]
        var shown = ""
        if let at = rest.lastIndex(of: UInt8(ascii: "@")) {
            rest = rest[rest.index(after: at)...]
            shown = "…@"
        }
        let server = rest.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        for scalar in Substring(server).unicodeScalars.prefix(200) {
            shown.unicodeScalars.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
        }
        return server.endIndex == rest.endIndex && Substring(server).unicodeScalars.count <= 200 ? shown : shown + "…"
    }
}
