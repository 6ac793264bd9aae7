/// The details behind a ``DisconnectReason``.
public struct DisconnectDetail: Sendable, Equatable {
    public package(set) var cause: Cause
    /// One sentence for a person.
    public package(set) var message: String?
    /// The HTTP status of the answer that ended the session.
    public package(set) var status: Int?
    /// The Engine.IO error code in that answer's body (see ``ServerRefusal``).
    public package(set) var code: Int?
    /// The status code of the server's websocket Close frame.
    public package(set) var webSocketCode: Int?
    /// The reason in the server's websocket Close frame.
    public package(set) var webSocketReason: String?
    /// The transport that was in use at the end.
    public package(set) var transport: Transport?
    /// Seconds since the server's last ping, or since the session opened.
    public package(set) var sinceLastPing: Double?

    package init(_ cause: Cause, message: String? = nil) {
        self.cause = cause
        self.message = message
    }
}

extension DisconnectDetail {
    /// The event that ended a session. Later versions may add causes.
    public struct Cause: Sendable, Hashable, CustomStringConvertible {
        private enum Code: String, Sendable {
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

        private let code: Code

        private init(_ code: Code) {
            self.code = code
        }

        /// The cause as scripts spell it, such as `ping_timeout`.
        public var rawValue: String { self.code.rawValue }

        public var description: String { self.rawValue }

        /// The program disconnected.
        public static let client = Self(.client)
        /// The server sent a close packet.
        public static let serverClose = Self(.serverClose)
        /// The server sent no ping in time.
        public static let pingTimeout = Self(.pingTimeout)
        /// The server did not answer a request in time.
        public static let requestTimeout = Self(.requestTimeout)
        /// The server answered a request with an error status.
        public static let httpStatus = Self(.httpStatus)
        /// The server closed the websocket.
        public static let webSocketClose = Self(.webSocketClose)
        /// The TCP connection was reset.
        public static let reset = Self(.reset)
        /// The connection was closed without a word.
        public static let eof = Self(.eof)
        /// TLS failed.
        public static let tls = Self(.tls)
        /// The server sent something that breaks a protocol or a limit.
        public static let parse = Self(.parse)
        /// The client could not write.
        public static let write = Self(.write)
        /// A connection could not be opened.
        public static let connect = Self(.connect)
    }
}
