import NIOHTTP1

/// Takes out of what is shown to a person what would let its reader take over a session or an account.
enum SecretMask {
    static let mask = "***"

    /// What is the same for everybody. A header or a field of a query that is not named here may be a secret of the program's
    /// own.
    private static let openHeaders: Set<String> = [
        "accept", "accept-encoding", "accept-language", "access-control-allow-credentials",
        "access-control-allow-origin", "age", "alt-svc", "cache-control", "connection", "content-encoding",
        "content-length", "content-type", "date", "host", "keep-alive", "origin", "retry-after",
        "sec-websocket-accept", "sec-websocket-extensions", "sec-websocket-key", "sec-websocket-version", "server",
        "strict-transport-security", "transfer-encoding", "upgrade", "user-agent", "vary", "via",
    ]
    private static let openFields: Set<Substring> = ["EIO", "transport", "t", "b64"]

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
        guard let question = target.firstIndex(of: "?") else { return target }
        let fields = target[target.index(after: question)...].split(separator: "&").map { field in
            let name = field.prefix { $0 != "=" }
            if self.openFields.contains(name) { return String(field) }
            return name.endIndex == field.endIndex ? self.mask : "\(name)=\(self.mask)"
        }
        return target[...question] + fields.joined(separator: "&")
    }

    /// The query of an address with the names of its fields only.
    static func query(_ query: String) -> String {
        let fields = query.split(separator: "&").map { field in
            let name = field.prefix { $0 != "=" }
            return name.endIndex == field.endIndex ? self.mask : "\(name)=\(self.mask)"
        }
        return fields.joined(separator: "&")
    }

    /// An address that a redirect names; it may have a user and a password before its host.
    private static func location(_ address: String) -> String {
        let masked = self.target(address)
        guard let scheme = masked.firstRange(of: "://") else { return masked }
        let rest = masked[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let at = authority.lastIndex(of: "@") else { return masked }
        return "\(masked[..<scheme.upperBound])\(mask)\(masked[at...])"
    }

    /// The data of an open packet without its sid: whoever has that has the session.
    static func openPacket(_ data: UnsafeRawBufferPointer) -> [UInt8] {
        let name = Array("\"sid\"".utf8)
        guard let key = data.firstRange(of: name),
            let opening = data[key.upperBound...].firstIndex(of: UInt8(ascii: "\""))
        else { return Array(data) }
        var closing = opening + 1
        while closing < data.count, data[closing] != UInt8(ascii: "\"") {
            closing += data[closing] == UInt8(ascii: "\\") ? 2 : 1
        }
        return data[...opening] + Array(self.mask.utf8) + data[min(closing, data.count)...]
    }
}
