/// Where a cookie comes from, or where a request goes.
public struct CookieOrigin: Sendable {
    let isSecure: Bool
    let host: String
    let path: String

    /// - Parameter path: the path of the request, without its query.
    public init(_ url: ServerURL, path: String) {
        self.isSecure = url.isSecure
        self.host = url.host
        self.path = path
    }

    /// Addresses have no domains above them.
    var isAddress: Bool {
        self.host.contains(":") || self.host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
    }
}

/// The cookies of one client, kept and sent as RFC 6265 says.
///
/// A `Secure` cookie goes over TLS only, also on loopback. There is no list of public suffixes: a `Domain` has to have a
/// dot, and the server has to be in it.
public struct CookieJar: Sendable {
    private struct Cookie: Sendable {
        var name: String
        var value: String
        var domain: String
        var isHostOnly: Bool
        var path: String
        var isSecure: Bool
        /// Seconds since the epoch; nil while the client lives.
        var expires: Int64?
    }

    /// The oldest go first beyond this (RFC 6265, section 6.1).
    private static let maximumCount = 50
    private static let maximumLength = 4096

    /// By age: a changed cookie keeps its place (RFC 6265, section 5.3, step 11).
    private var cookies: [Cookie] = []

    public init() {}

    /// Takes the value of a `Set-Cookie` header (RFC 6265, sections 5.2 and 5.3); what is not to be taken is ignored.
    ///
    /// - Parameter now: seconds since the epoch.
    public mutating func store(setCookie header: String, from origin: CookieOrigin, now: Int64) {
        guard header.utf8.count <= Self.maximumLength,
            !header.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F })
        else { return }
        var parts = header.split(separator: ";", omittingEmptySubsequences: false).map(Self.trim)
        let pair = parts.removeFirst()
        guard let equals = pair.firstIndex(of: "=") else { return }
        let name = Self.trim(pair[..<equals])
        guard !name.isEmpty else { return }
        var cookie = Cookie(
            name: String(name), value: String(Self.trim(pair[pair.index(after: equals)...])), domain: origin.host,
            isHostOnly: true, path: Self.defaultPath(origin.path), isSecure: false, expires: nil)
        var maxAge: Int64?
        for part in parts {
            let key = Self.trim(part.prefix { $0 != "=" }).lowercased()
            let value = Self.trim(part.drop { $0 != "=" }.dropFirst())
            switch key {
            case "expires":
                if let date = HTTPDate.parse(value) { cookie.expires = date }
            case "max-age":
                if let seconds = Self.seconds(value) { maxAge = seconds }
            case "domain":
                let domain = (value.first == "." ? value.dropFirst() : value).lowercased()
                if domain.isEmpty { continue }
                cookie.domain = domain
                cookie.isHostOnly = false
            case "path":
                cookie.path = value.first == "/" ? String(value) : Self.defaultPath(origin.path)
            case "secure":
                cookie.isSecure = true
            default:
                break
            }
        }
        if !cookie.isHostOnly {
            if cookie.domain == origin.host {
                cookie.isHostOnly = origin.isAddress
            } else {
                guard cookie.domain.contains("."), !origin.isAddress, origin.host.hasSuffix("." + cookie.domain)
                else { return }
            }
        }
        // A server without TLS could otherwise overwrite what one with TLS has set.
        if cookie.isSecure && !origin.isSecure { return }
        // Max-Age counts before Expires (RFC 6265, section 5.3, step 3).
        if let maxAge { cookie.expires = maxAge <= 0 ? Int64.min : now.addingReportingOverflow(maxAge).partialValue }
        self.insert(cookie, now: now)
    }

    private mutating func insert(_ cookie: Cookie, now: Int64) {
        let index = self.cookies.firstIndex {
            $0.name == cookie.name && $0.domain == cookie.domain && $0.path == cookie.path
        }
        let isExpired = cookie.expires.map { $0 <= now } ?? false
        switch (index, isExpired) {
        case (let index?, true): self.cookies.remove(at: index)
        case (let index?, false): self.cookies[index] = cookie
        case (nil, true): break
        case (nil, false):
            self.cookies.removeAll { $0.expires.map { $0 <= now } ?? false }
            if self.cookies.count >= Self.maximumCount { self.cookies.removeFirst() }
            self.cookies.append(cookie)
        }
    }

    /// The value of the `Cookie` header of a request: first the program's own, then the jar's, without a name twice.
    ///
    /// - Returns: nil where there is nothing to send.
    public func header(for origin: CookieOrigin, now: Int64, merging own: String?) -> String? {
        if self.cookies.isEmpty { return own }
        var pairs = (own ?? "").split(separator: ";").map { String(Self.trim($0)) }.filter { !$0.isEmpty }
        let ownNames = Set(pairs.map { String(Self.trim($0.prefix { $0 != "=" })) })
        let matching = self.cookies.filter { cookie in
            let isInDomain =
                cookie.isHostOnly
                ? origin.host == cookie.domain
                : origin.host == cookie.domain || origin.host.hasSuffix("." + cookie.domain)
            return isInDomain && Self.path(origin.path, matches: cookie.path) && (!cookie.isSecure || origin.isSecure)
                && (cookie.expires.map { $0 > now } ?? true) && !ownNames.contains(cookie.name)
        }
        // Longer paths first, then the older ones (RFC 6265, section 5.4): the sort has to be stable.
        let sorted = matching.enumerated().sorted { left, right in
            let lengths = (left.element.path.utf8.count, right.element.path.utf8.count)
            return lengths.0 == lengths.1 ? left.offset < right.offset : lengths.0 > lengths.1
        }
        pairs += sorted.map { "\($0.element.name)=\($0.element.value)" }
        return pairs.isEmpty ? nil : pairs.joined(separator: "; ")
    }

    private static func trim(_ text: Substring) -> Substring {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        let start = text.drop(while: isSpace)
        guard let last = start.lastIndex(where: { !isSpace($0) }) else { return "" }
        return start[...last]
    }

    private static func seconds(_ text: Substring) -> Int64? {
        let digits = text.first == "-" ? text.dropFirst() : text
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        // A century is for ever, and cannot overflow.
        return text.first == "-" ? 0 : min(Int64(digits) ?? .max, 3_153_600_000)
    }

    /// RFC 6265, section 5.1.4.
    private static func defaultPath(_ path: String) -> String {
        guard path.first == "/", let last = path.lastIndex(of: "/"), last != path.startIndex else { return "/" }
        return String(path[..<last])
    }

    private static func path(_ request: String, matches cookie: String) -> Bool {
        request == cookie
            || request.hasPrefix(cookie) && (cookie.last == "/" || request.dropFirst(cookie.count).first == "/")
    }
}
