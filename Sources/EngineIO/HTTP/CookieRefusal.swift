/// Why a cookie is not taken. Values, which may be secrets, are not shown.
package enum CookieRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    case notACookie
    /// By name, and how many bytes name and value have.
    case tooLong(String, Int)
    case foreign(String)
    case needsTLS(String)

    package var description: String {
        switch self {
        case .notACookie: "it has no name, no \"=\" or a control character"
        case .tooLong(let name, let length): "\"\(name)\" has \(length) bytes, a cookie has at most 4096"
        case .foreign(let name): "\"\(name)\" is for a domain that the server is not in"
        case .needsTLS(let name): "\"\(name)\" is Secure, or would replace one that is, and came without TLS"
        }
    }

    /// The start of a name, as a terminal can show it.
    static func shown(_ name: [UInt8]) -> String {
        String(String.UnicodeScalarView(name.prefix(40).map { (0x21...0x7E).contains($0) ? UnicodeScalar($0) : "?" }))
    }
}
