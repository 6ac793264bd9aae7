import NIOCore

/// What is wrong with an address.
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
    /// Without the brackets of an IPv6 address, in lower case.
    public var host: String
    public var port: Int
    /// As written, without `?`, and without the keys that the client sets itself.
    public var query: String
    /// The value of an `Authorization` header, from `user:password@`.
    public var authorization: String?

    private static let defaultPorts = [false: 80, true: 443]
    /// The keys that only the client itself can set right.
    private static let reservedKeys: Set<String> = ["transport", "EIO", "sid"]

    /// - Throws: ``ServerURLError`` that says what is wrong and what to write instead.
    public init(_ text: String) throws(ServerURLError) {
        func fail(_ what: String) -> ServerURLError {
            ServerURLError(message: "the url \"\(text.prefix(200))\" \(what)")
        }
        guard !text.isEmpty else { throw ServerURLError(message: "the url is empty: write http://localhost:5000") }
        if let bad = text.utf8.first(where: { $0 <= 0x20 || $0 == 0x7F }) {
            throw fail(bad == 0x20 ? "has a space" : "has a control character")
        }
        guard let mark = text.firstRange(of: "://") else {
            throw fail("has no scheme: write http://\(text.prefix(200))")
        }
        let scheme = text[..<mark.lowerBound].lowercased()
        switch scheme {
        case "http", "ws": self.isSecure = false
        case "https", "wss": self.isSecure = true
        default: throw fail("has the scheme \"\(scheme.prefix(40))\": use http, https, ws or wss")
        }
        var rest = text[mark.upperBound...]
        rest = rest.prefix { $0 != "#" }
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        var authority = rest[..<authorityEnd]
        self.query = ""
        self.authorization = nil
        if let at = authority.lastIndex(of: "@") {
            guard let userInfo = Self.decode(authority[..<at]) else { throw fail("has a bad % escape before the @") }
            var encoded = ByteBuffer()
            let credentials = authority[..<at].contains(":") ? userInfo : userInfo + [UInt8(ascii: ":")]
            credentials.withUnsafeBytes { Base64.encode($0, into: &encoded) }
            self.authorization = "Basic " + String(buffer: encoded)
            authority = authority[authority.index(after: at)...]
        }
        let portText: Substring?
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { throw fail("has a [ without a ]") }
            self.host = authority[authority.index(after: authority.startIndex)..<close].lowercased()
            let behind = authority[authority.index(after: close)...]
            guard behind.isEmpty || behind.first == ":" else {
                throw fail("has something other than a port behind the ]")
            }
            portText = behind.isEmpty ? nil : behind.dropFirst()
            guard self.host.contains(":"), self.host.allSatisfy({ $0.isHexDigit || ":.%".contains($0) || $0.isLetter })
            else { throw fail("has no IPv6 address between [ and ]") }
        } else {
            let colon = authority.firstIndex(of: ":")
            self.host = authority[..<(colon ?? authority.endIndex)].lowercased()
            portText = colon.map { authority[authority.index(after: $0)...] }
            if let portText, portText.contains(":") { throw fail("has an IPv6 address without [ and ]") }
            let allowed = self.host.utf8.allSatisfy { byte in
                byte >= 0x80 || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
                    || [0x2D, 0x2E, 0x5F].contains(byte)
            }
            guard allowed else { throw fail("has a host with a character that no host has") }
        }
        guard !self.host.isEmpty else { throw fail("has no host") }
        if let portText, !portText.isEmpty {
            guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(portText),
                (1...65535).contains(port)
            else { throw fail("has the port \"\(portText.prefix(20))\": a port is a number from 1 to 65535") }
            self.port = port
        } else {
            self.port = Self.defaultPorts[self.isSecure] ?? 80
        }
        if let mark = rest.firstIndex(of: "?") {
            self.query = Self.ownQuery(rest[rest.index(after: mark)...], keepTime: true)
        }
    }

    /// What a `Host` header says: the port only where it is not the scheme's own (RFC 9110, section 7.2).
    public var hostHeader: String {
        let host = self.host.contains(":") ? "[\(self.host.prefix { $0 != "%" })]" : self.host
        return self.port == Self.defaultPorts[self.isSecure] ? host : "\(host):\(self.port)"
    }

    /// Without the password and the query, which may hold secrets.
    public var description: String { "\(self.isSecure ? "https" : "http")://\(self.hostHeader)" }

    /// The target of a request: the program's own query first, then what the protocol asks for (protocol, "URL").
    public func requestTarget(engineIOPath: String, transport: String, sid: String?, timestamp: String?) -> String {
        var target = Self.encode(Self.normalized(engineIOPath), keeping: Self.isPrintable) + "?"
        if !self.query.isEmpty { target += Self.encode(self.query, keeping: Self.isPrintable) + "&" }
        target += "transport=\(transport)&EIO=4"
        if let sid { target += "&sid=" + Self.encode(sid, keeping: Self.isUnreserved) }
        if let timestamp { target += "&t=" + timestamp }
        return target
    }

    /// One slash at each end, whatever was written; `/` alone for an empty path.
    public static func normalized(_ engineIOPath: String) -> String {
        let inner = engineIOPath.drop { $0 == "/" }.reversed().drop { $0 == "/" }.reversed()
        return inner.isEmpty ? "/" : "/" + String(inner) + "/"
    }

    public func isSameOrigin(as other: ServerURL) -> Bool {
        self.isSecure == other.isSecure && self.host == other.host && self.port == other.port
    }

    /// Where a redirect leads, and the endpoint there. The keys that the client sets itself are not taken from it.
    public func resolve(location: String, engineIOPath: String) throws(ServerURLError) -> (ServerURL, String) {
        let base = "\(self.isSecure ? "https" : "http")://\(self.hostHeader)"
        let absolute: String
        if location.contains("://") {
            absolute = location
        } else if location.hasPrefix("//") {
            absolute = (self.isSecure ? "https:" : "http:") + location
        } else if location.hasPrefix("/") {
            absolute = base + location
        } else if location.hasPrefix("?") {
            absolute = base + Self.normalized(engineIOPath) + location
        } else {
            absolute = base + Self.normalized(engineIOPath) + location
        }
        var url = try ServerURL(absolute)
        if self.isSameOrigin(as: url), url.authorization == nil { url.authorization = self.authorization }
        url.query = Self.ownQuery(url.query[...], keepTime: false)
        if url.query.isEmpty { url.query = self.query }
        guard let mark = absolute.firstRange(of: "://") else { return (url, engineIOPath) }
        let behind = absolute[mark.upperBound...].prefix { $0 != "?" && $0 != "#" }
        let path = behind.firstIndex(of: "/").map { String(behind[$0...]) } ?? "/"
        return (url, path)
    }

    private static func ownQuery(_ query: Substring, keepTime: Bool) -> String {
        query.split(separator: "&").filter { pair in
            let key = String(pair.prefix { $0 != "=" })
            return !self.reservedKeys.contains(key) && (keepTime || key != "t")
        }.joined(separator: "&")
    }

    private static func encode(_ text: String, keeping isKept: (UInt8) -> Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            if isKept(byte) {
                out.append(byte)
            } else {
                out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The unreserved characters of RFC 3986, section 2.3.
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }

    /// What may stand in a request line as it was written: the rest could end the line, or is not ASCII.
    private static func isPrintable(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }

    private static func decode(_ text: Substring) -> [UInt8]? {
        var out: [UInt8] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x25 {
                guard index + 2 < bytes.count,
                    let value = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
                else { return nil }
                out.append(value)
                index += 3
            } else {
                out.append(bytes[index])
                index += 1
            }
        }
        return out
    }
}
