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
    /// itself. Within an origin the query and the credentials are kept if the location has none; another origin does
    /// not receive them.
    ///
    /// - Parameter location: the value of a `Location` header, absolute or relative to the endpoint (RFC 3986,
    ///   section 5).
    /// - Throws: ``ServerURLError`` for a location that is not a valid address of a server.
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
    static func pairs(of query: Substring.UTF8View, without keys: [[UInt8]]) -> String {
        query.split(separator: UInt8(ascii: "&")).filter { pair in
            let key = pair.prefix { $0 != UInt8(ascii: "=") }
            return !keys.contains(PercentEncoding.decode(key) ?? [])
        }.map { String(Substring($0)) }.joined(separator: "&")
    }
}
