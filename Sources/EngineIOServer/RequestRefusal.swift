/// Why a request is refused: the codes and words of engine.io's server.
enum RequestRefusal: Int, Error, Equatable {
    case unknownTransport = 0
    case unknownSession = 1
    case badHandshakeMethod = 2
    case badRequest = 3
    case forbidden = 4
    case unsupportedVersion = 5

    var message: String {
        switch self {
        case .unknownTransport: "Transport unknown"
        case .unknownSession: "Session ID unknown"
        case .badHandshakeMethod: "Bad handshake method"
        case .badRequest: "Bad request"
        case .forbidden: "Forbidden"
        case .unsupportedVersion: "Unsupported protocol version"
        }
    }

    /// - Parameter reason: instead of the message; it has no character that JSON escapes.
    func json(_ reason: String? = nil) -> String {
        "{\"code\":\(self.rawValue),\"message\":\"\(reason ?? self.message)\"}"
    }
}
