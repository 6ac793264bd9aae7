/// One cookie with what decides where it is sent (RFC 6265, section 5.3).
struct Cookie: Sendable, Equatable {
    /// Of name and value together, in bytes, as browsers have it.
    private static let maximumLength = 4096
    /// Longer attributes are passed over, as browsers do.
    private static let maximumAttribute = 1024
    /// Longer than any program runs, and far from what overflows.
    private static let century: Int64 = 3_153_600_000

    /// As bytes, which need not be UTF-8.
    let name: [UInt8]
    /// As the server wrote it, with its quotes.
    let value: [UInt8]
    /// In lower case, without a dot in front.
    private(set) var domain: String
    /// Whether hosts below `domain` do not get it.
    private(set) var isHostOnly = true
    private(set) var path: String
    private(set) var isSecure = false
    /// Seconds since the epoch; nil while the client lives.
    private(set) var expires: Int64?

    /// Reads the value of a `Set-Cookie` header (RFC 6265, section 5.2).
    ///
    /// - Parameter now: seconds since the epoch.
    /// - Throws: ``CookieRefusal`` for what is to be ignored: no name or no `=`, a control character, a name and value
    ///   of more than 4096 bytes, a domain that the host is not in, `Secure` from a server without TLS (which could
    ///   otherwise overwrite what one with TLS has set).
    init(setCookie header: [UInt8], from origin: CookieOrigin, now: Int64) throws(CookieRefusal) {
        guard !header.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else { throw .notACookie }
        var parts = header.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)[...]
        guard let first = parts.popFirst().map(Self.pair), let value = first.value, !first.name.isEmpty else {
            throw .notACookie
        }
        guard first.name.count + value.count <= Self.maximumLength else {
            throw .tooLong(CookieRefusal.shown(first.name), first.name.count + value.count)
        }
        self.name = first.name
        self.value = value
        self.domain = origin.host
        self.path = Self.defaultPath(origin.path)
        var maxAge: Int64?
        for (key, value) in parts.map(Self.pair) where value?.count ?? 0 <= Self.maximumAttribute {
            let value = String(decoding: value ?? [], as: UTF8.self)
            switch String(decoding: key, as: UTF8.self).lowercased() {
            case "expires": self.expires = HTTPDate.parse(value) ?? self.expires
            case "max-age": maxAge = Self.seconds(value) ?? maxAge
            case "domain": self.setDomain(value)
            case "path": self.path = value.utf8.first == UInt8(ascii: "/") ? value : Self.defaultPath(origin.path)
            case "secure": self.isSecure = true
            default: break
            }
        }
        guard self.limitDomain(to: origin) else { throw .foreign(CookieRefusal.shown(self.name)) }
        guard !self.isSecure || origin.isSecure else { throw .needsTLS(CookieRefusal.shown(self.name)) }
        // Max-Age counts before Expires (RFC 6265, section 5.3, step 3).
        if let maxAge {
            let (end, overflow) = now.addingReportingOverflow(maxAge)
            self.expires = maxAge <= 0 ? .min : overflow ? .max : end
        }
    }

    private mutating func setDomain(_ value: String) {
        let domain = value.utf8.first == UInt8(ascii: ".") ? String(Substring(value.utf8.dropFirst())) : value
        if domain.isEmpty { return }
        self.domain = domain.lowercased()
        self.isHostOnly = false
    }

    /// False where the host may not set a cookie for the domain. Without a list of public suffixes only names without a
    /// dot are known to be some.
    private mutating func limitDomain(to origin: CookieOrigin) -> Bool {
        if self.isHostOnly { return true }
        let isSuffix = !self.domain.utf8.contains(UInt8(ascii: "."))
        if self.domain == origin.host {
            self.isHostOnly = isSuffix || origin.isAddress
            return true
        }
        return !isSuffix && !origin.isAddress && Self.isHost(origin.host, in: self.domain)
    }

    func isExpired(at now: Int64) -> Bool { self.expires.map { $0 <= now } ?? false }

    /// Whether `other` takes the place of this one.
    func isSame(as other: Cookie) -> Bool {
        self.name == other.name && self.domain == other.domain
            && self.path.utf8.elementsEqual(other.path.utf8)
    }

    /// Whether a request gets the cookie (RFC 6265, section 5.4).
    func isSent(to origin: CookieOrigin, now: Int64) -> Bool {
        (self.isHostOnly ? origin.host == self.domain : Self.isHost(origin.host, in: self.domain))
            && Self.isPath(origin.path, in: self.path) && (!self.isSecure || origin.isSecure)
            && !self.isExpired(at: now)
    }

    /// Whether `other`, from a server without TLS, would stand in for this one, which came over TLS.
    func isSecureAgainst(_ other: Cookie) -> Bool {
        self.isSecure && self.name == other.name && Self.isPath(other.path, in: self.path)
            && (Self.isHost(self.domain, in: other.domain) || Self.isHost(other.domain, in: self.domain))
    }

    private static func isHost(_ host: String, in domain: String) -> Bool {
        host == domain || host.hasSuffix("." + domain)
    }

    private static func isPath(_ path: String, in directory: String) -> Bool {
        guard path.utf8.starts(with: directory.utf8) else { return false }
        let slash = UInt8(ascii: "/")
        return path.utf8.count == directory.utf8.count || directory.utf8.last == slash
            || path.utf8.dropFirst(directory.utf8.count).first == slash
    }

    /// The directory of a request's path (RFC 6265, section 5.1.4).
    private static func defaultPath(_ path: String) -> String {
        let slash = UInt8(ascii: "/")
        guard path.utf8.first == slash, let last = path.utf8.lastIndex(of: slash), last != path.startIndex else {
            return "/"
        }
        return String(path[..<last])
    }

    private static func pair(_ part: ArraySlice<UInt8>) -> (name: [UInt8], value: [UInt8]?) {
        let name = part.prefix { $0 != UInt8(ascii: "=") }
        return (
            self.trimmed(name), name.endIndex == part.endIndex ? nil : self.trimmed(part[name.endIndex...].dropFirst())
        )
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> [UInt8] {
        let start = text.drop(while: Self.isBlank)
        guard let last = start.lastIndex(where: { !Self.isBlank($0) }) else { return [] }
        return Array(start[...last])
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// The value of `Max-Age`, at most a century; 0 for any negative one, which means the same.
    private static func seconds(_ text: String) -> Int64? {
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        let digits = text.utf8.dropFirst(isNegative ? 1 : 0)
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return isNegative ? 0 : min(Int64(Substring(digits)) ?? .max, self.century)
    }
}
