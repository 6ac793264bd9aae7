import JSONText
import NIOHTTP1

/// Takes out of what is shown to a person what would let its reader take over a session or an account.
package enum SecretMask {
    package static let mask = "***"

    /// Headers that are the same for everybody. Any other header or field of a query may be a secret of the program.
    private static let openHeaders: Set<String> = [
        "accept", "accept-encoding", "accept-language", "access-control-allow-credentials",
        "access-control-allow-origin", "age", "alt-svc", "cache-control", "connection", "content-encoding",
        "content-length", "content-type", "date", "host", "keep-alive", "origin", "retry-after",
        "sec-websocket-accept", "sec-websocket-extensions", "sec-websocket-key", "sec-websocket-version", "server",
        "strict-transport-security", "transfer-encoding", "upgrade", "user-agent", "vary", "via",
    ]
    private static let openFields = ["EIO", "transport", "b64"].map { Array($0.utf8) }

    static func headers(_ headers: HTTPHeaders) -> [(name: String, value: String)] {
        headers.map { name, value in
            switch name.lowercased() {
            case let lowercased where self.openHeaders.contains(lowercased): (name, value)
            case "location": (name, self.location(value))
            default: (name, self.mask)
            }
        }
    }

    /// A request's target, its query without values that are the client's own.
    static func target(_ target: String) -> String {
        let (path, query, rest) = self.parts(Array(target.utf8))
        return self.text(path + self.fields(query, showsOpen: true) + rest)
    }

    /// The query of an address with the names of its fields only.
    static func query(_ query: String) -> String {
        self.text(self.fields(Array("?\(query)".utf8), showsOpen: false).dropFirst())
    }

    /// An address, without user, password, and the values of its query.
    ///
    /// - Parameter hasScheme: false if it may be missing. Otherwise a text without a scheme is not an address,
    ///   and is kept.
    package static func url(_ address: String, hasScheme: Bool = true) -> String {
        let bytes = Array(address.utf8)
        let scheme = bytes.firstOccurrence(of: "://".utf8)
        if scheme == nil, hasScheme { return address }
        let start = scheme?.upperBound ?? 0
        let (server, query, rest) = self.parts(Array(bytes[start...]))
        let authority = server.prefix { $0 != UInt8(ascii: "/") }
        let ownAt = authority.lastIndex(of: UInt8(ascii: "@"))
        let masked: [UInt8]
        if ownAt == nil, self.isCutPassword(authority), let at = bytes.lastIndex(of: UInt8(ascii: "@")) {
            // A password with a / or ? in it: the text before the @ is not a server.
            let behind = self.url(self.text(bytes[(at + 1)...]), hasScheme: false)
            return self.text(bytes[..<start] + "\(self.mask)@".utf8) + behind
        } else if let ownAt {
            masked = Array(self.mask.utf8) + server[ownAt...]
        } else {
            masked = server
        }
        return self.text(bytes[..<start] + masked + self.fields(query, showsOpen: false) + rest)
    }

    /// Whether the text in the place of a port is not a number.
    private static func isCutPassword(_ authority: some Collection<UInt8>) -> Bool {
        guard let first = authority.first, first != UInt8(ascii: "["),
            let colon = authority.firstIndex(of: UInt8(ascii: ":"))
        else { return false }
        return authority[colon...].dropFirst().contains { !(0x30...0x39).contains($0) }
    }

    /// The text before the query, the query with its ?, and the fragment, which may hold a token too.
    private static func parts(_ bytes: [UInt8]) -> (path: [UInt8], query: [UInt8], fragment: [UInt8]) {
        let end = bytes.firstIndex(of: UInt8(ascii: "#")) ?? bytes.endIndex
        let question = bytes[..<end].firstIndex(of: UInt8(ascii: "?")) ?? end
        return (
            Array(bytes[..<question]), Array(bytes[question..<end]),
            end == bytes.endIndex ? [] : Array("#\(self.mask)".utf8)
        )
    }

    /// - Parameter showsOpen: what is the same for everybody stays.
    private static func fields(_ query: [UInt8], showsOpen: Bool) -> [UInt8] {
        guard !query.isEmpty else { return [] }
        let fields = query.dropFirst().split(separator: UInt8(ascii: "&")).map { field -> [UInt8] in
            let name = field.prefix { $0 != UInt8(ascii: "=") }
            if showsOpen, self.openFields.contains(Array(name)) || self.isTimestamp(field) { return Array(field) }
            return name.endIndex == field.endIndex ? Array(self.mask.utf8) : name + Array("=\(self.mask)".utf8)
        }
        return [UInt8(ascii: "?")] + Array(fields.joined(separator: [UInt8(ascii: "&")]))
    }

    /// `t` is the client's, unless the program gave one of its own.
    private static func isTimestamp(_ field: some Collection<UInt8>) -> Bool {
        field.starts(with: "t=".utf8)
            && field.dropFirst(2).allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    }

    private static func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

    /// An address that a redirect names; it may have a user and a password before its host.
    private static func location(_ address: String) -> String {
        let isWhole = address.utf8.firstOccurrence(of: "://".utf8) != nil
        return isWhole ? self.url(address) : self.target(address)
    }
}
