import EngineIO

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

/// What the head of a request asks the server to do.
enum EngineIORequest: Equatable {
    case handshake(Transport)
    case poll(sid: String)
    case post(sid: String)
    case upgrade(sid: String)

    /// Judges a request in the order of engine.io's server, which decides the code that a client sees.
    ///
    /// - Parameters:
    ///   - isWebSocket: whether the request wants to become a websocket.
    ///   - transport: the transport of the session with this identifier, or nil where there is none.
    init(
        method: String, query: EngineIOQuery, isWebSocket: Bool, transports: Set<Transport>,
        transportOfSession transport: (String) -> Transport?
    ) throws(RequestRefusal) {
        guard let requested = query.transport.flatMap(Transport.init(rawValue:)), transports.contains(requested) else {
            throw .unknownTransport
        }
        guard let sid = query.sid else {
            if method != "GET" { throw .badHandshakeMethod }
            if isWebSocket != (requested == .websocket) { throw .badRequest }
            if query.version != "4" { throw .unsupportedVersion }
            self = .handshake(requested)
            return
        }
        guard let current = transport(sid) else { throw .unknownSession }
        if isWebSocket {
            if requested != .websocket { throw .badRequest }
            self = .upgrade(sid: sid)
            return
        }
        if current != requested || requested == .websocket { throw .badRequest }
        switch method {
        case "GET": self = .poll(sid: sid)
        case "POST": self = .post(sid: sid)
        default: throw .badRequest
        }
    }
}

/// The parameters of a request's query that Engine.IO knows. The first of equal names counts.
struct EngineIOQuery: Equatable {
    var version: String?
    var transport: String?
    var sid: String?

    init(uri: String) {
        guard let start = uri.utf8.firstIndex(of: UInt8(ascii: "?")) else { return }
        for pair in uri.utf8[uri.utf8.index(after: start)...].split(separator: UInt8(ascii: "&")) {
            let separator = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let value = pair[separator...].dropFirst()
            switch String(pair[..<separator]) {
            case "EIO": self.version = self.version ?? Self.decode(value)
            case "transport": self.transport = self.transport ?? Self.decode(value)
            case "sid": self.sid = self.sid ?? Self.decode(value)
            default: break
            }
        }
    }

    /// Resolves percent escapes; one that is none stands for itself.
    private static func decode(_ value: Substring.UTF8View) -> String {
        guard value.contains(UInt8(ascii: "%")) else { return String(Substring(value)) }
        var bytes: [UInt8] = []
        var rest = value
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, digits.allSatisfy({ Character(.init($0)).isHexDigit }),
                let escaped = UInt8(String(Substring(digits)), radix: 16)
            {
                bytes.append(escaped)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
