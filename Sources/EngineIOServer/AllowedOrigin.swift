import EngineIO

/// Where pages may come from that use a server: an origin as browsers send it (RFC 6454, section 7), or any.
package struct AllowedOrigin: Hashable, Sendable {
    /// Pages of every origin, and requests for every host.
    package static let any = AllowedOrigin(kind: .any)

    private enum Kind: Hashable, Sendable {
        case any
        case one(Origin)
        /// The origin of pages without an address, such as files.
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
