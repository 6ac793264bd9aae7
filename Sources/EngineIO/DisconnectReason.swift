/// Why a session ended, in the words that python-engineio documents.
public enum DisconnectReason: String, Sendable, CustomStringConvertible {
    case clientDisconnect = "client disconnect"
    case serverDisconnect = "server disconnect"
    case transportError = "transport error"

    public var description: String { self.rawValue }
}

/// What lies behind a ``DisconnectReason``.
public struct DisconnectDetail: Sendable, Equatable {
    public enum Cause: String, Sendable {
        case client
        case serverClose = "server_close"
        case pingTimeout = "ping_timeout"
        case requestTimeout = "request_timeout"
        case httpStatus = "http_status"
        case webSocketClose = "ws_close"
        case reset = "tcp_reset"
        case eof
        case tls
        case parse
        case write
        case connect
    }

    public var cause: Cause
    /// One sentence for a person.
    public var message: String?
    /// The HTTP status of the answer that ended the session.
    public var status: Int?
    /// The Engine.IO error code in that answer's body (see ``ServerRefusal``).
    public var code: Int?
    /// The status code and reason of the server's websocket Close frame.
    public var webSocketCode: Int?
    public var webSocketReason: String?
    /// The transport that was in use at the end.
    public var transport: Transport?
    /// Seconds since the server's last ping, or since the session opened.
    public var sinceLastPing: Double?

    public init(_ cause: Cause, message: String? = nil) {
        self.cause = cause
        self.message = message
    }
}

/// A transport of Engine.IO.
public enum Transport: String, Sendable, CaseIterable, CustomStringConvertible {
    case polling
    case websocket

    public var description: String { self.rawValue }
}
