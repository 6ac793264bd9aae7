/// The cookies of one client, kept and sent as RFC 6265 says. An empty jar takes the room of one pointer.
///
/// A `Secure` cookie is taken from and sent to servers with TLS only, also on loopback: no server that merely has the
/// same address learns it. There is no list of public suffixes: a `Domain` other than the host itself has to have a dot
/// and the host in it.
package struct CookieJar: Sendable {
    /// The oldest goes first beyond this (RFC 6265, section 6.1).
    private static let maximumPerDomain = 50
    /// The RFC's 3000 are for browsers; a client here talks to one server, and where that redirects to.
    private static let maximumCount = 300

    /// By age: a changed cookie keeps its place (RFC 6265, section 5.3, step 11).
    private var cookies: [Cookie] = []

    package init() {}

    /// Takes the value of a `Set-Cookie` header; what RFC 6265 does not allow is ignored.
    ///
    /// - Parameter now: seconds since the epoch.
    /// - Returns: why it was ignored, nil where it was not.
    @discardableResult
    package mutating func store(setCookie header: [UInt8], from origin: CookieOrigin, now: Int64) -> CookieRefusal? {
        do {
            return self.store(try Cookie(setCookie: header, from: origin, now: now), from: origin, now: now)
        } catch {
            return error
        }
    }

    private mutating func store(_ cookie: Cookie, from origin: CookieOrigin, now: Int64) -> CookieRefusal? {
        self.cookies.removeAll { $0.isExpired(at: now) }
        // Nor may a server without TLS replace or hide what one with TLS has set.
        if !origin.isSecure && self.cookies.contains(where: { $0.isSecureAgainst(cookie) }) {
            return .needsTLS(CookieRefusal.shown(cookie.name))
        }
        let index = self.cookies.firstIndex { $0.isSame(as: cookie) }
        switch (index, cookie.isExpired(at: now)) {
        case (let index?, true): self.cookies.remove(at: index)
        case (let index?, false): self.cookies[index] = cookie
        case (nil, true): break
        case (nil, false):
            self.makeRoom(in: cookie.domain)
            self.cookies.append(cookie)
        }
        return nil
    }

    private mutating func makeRoom(in domain: String) {
        let count = self.cookies.count { $0.domain == domain }
        if count >= Self.maximumPerDomain, let oldest = self.cookies.firstIndex(where: { $0.domain == domain }) {
            self.cookies.remove(at: oldest)
        }
        if self.cookies.count >= Self.maximumCount { self.cookies.removeFirst() }
    }

    /// The value of the `Cookie` header of a request: the program's own as it is, then the jar's cookies but for those
    /// that the program's own has, too.
    ///
    /// - Parameters:
    ///   - now: seconds since the epoch.
    ///   - own: the `Cookie` header that the program has asked for.
    /// - Returns: nil where there is nothing to send.
    package func header(for origin: CookieOrigin, now: Int64, merging own: [UInt8]? = nil) -> [UInt8]? {
        let own = own.flatMap { Self.pairs($0[...]) }
        if self.cookies.isEmpty { return own.map(Array.init) }
        let ownNames = own.map(Self.names) ?? []
        let matching = self.cookies.filter { $0.isSent(to: origin, now: now) && !ownNames.contains($0.name) }
        // Longer paths first, then the older ones (RFC 6265, section 5.4): the sort has to be stable.
        let sorted = matching.enumerated().sorted { left, right in
            let lengths = (left.element.path.utf8.count, right.element.path.utf8.count)
            return lengths.0 == lengths.1 ? left.offset < right.offset : lengths.0 > lengths.1
        }
        let all = (own.map { [Array($0)] } ?? []) + sorted.map { $0.element.name + "=".utf8 + $0.element.value }
        return all.isEmpty ? nil : Array(all.joined(separator: "; ".utf8))
    }

    /// `header` without the blanks and semicolons at its ends, which would make empty pairs.
    private static func pairs(_ header: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let isFiller = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == UInt8(ascii: ";") }
        let start = header.drop(while: isFiller)
        guard let last = start.lastIndex(where: { !isFiller($0) }) else { return nil }
        return start[...last]
    }

    private static func names(_ header: ArraySlice<UInt8>) -> Set<[UInt8]> {
        var names: Set<[UInt8]> = []
        for pair in header.split(separator: UInt8(ascii: ";")) {
            guard let end = pair.firstIndex(of: UInt8(ascii: "=")), let name = self.pairs(pair[..<end]) else {
                continue
            }
            names.insert(Array(name))
        }
        return names
    }
}
