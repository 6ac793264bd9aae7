/// A mistake in an address, with a suggestion. The message shows neither passwords nor queries.
public struct ServerURLError: Error, Equatable, Sendable, CustomStringConvertible {
    public var message: String

    public init(message: String) {
        self.message = message
    }

    public var description: String { self.message }
}

extension ServerURLError {
    /// A mistake in a url, which the message names.
    init(_ url: String, _ what: String) {
        self.init(message: "the url \"\(Self.shown(url))\" \(what)")
    }

    static func suggestion(_ url: String) -> String {
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
