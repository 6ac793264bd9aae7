import EngineIO

/// The reason why a connection could not be made.
public struct ConnectionError: Error, Sendable, Equatable, CustomStringConvertible {
    public internal(set) var phase: Phase
    /// One sentence for a person; for an answer of the server, the words of python-engineio.
    public internal(set) var message: String
    /// The error behind this one, such as the system's error text.
    public internal(set) var cause: String?
    /// The HTTP status of the server's answer.
    public internal(set) var status: Int?
    /// The Engine.IO error code in the answer's body: see `ServerRefusal`.
    public internal(set) var code: Int?
    /// The start of the answer's body, at most 4096 bytes; if the body is a JSON string, the start of its text.
    public internal(set) var body: String?
    /// The address that the client connected to, with its secrets masked:
    /// `http://***@localhost:5000/engine.io/?token=***`.
    public internal(set) var url: String?
    /// The answer's `Retry-After`, as it was written: seconds or a date (RFC 9110, section 10.2.3).
    public internal(set) var retryAfter: String?

    /// Whether the session's meter was notified of this error.
    package var isMeasured = false

    package init(_ phase: Phase, _ message: String, cause: String? = nil, status: Int? = nil) {
        self.phase = phase
        self.message = message
        self.cause = cause
        self.status = status
    }

    public var description: String {
        var text = self.message
        if let cause, !cause.isEmpty { text += ": \(cause)" }
        if let url { text += " (\(url))" }
        return text
    }
}

extension ConnectionError {
    /// The step at which an attempt to connect failed. Later versions may add phases.
    public struct Phase: Sendable, Hashable, CustomStringConvertible {
        private enum Code: String, Sendable { case dns, tcp, tls, http, open, probe, namespace }

        private let code: Code

        private init(_ code: Code) {
            self.code = code
        }

        /// The phase as scripts spell it, such as `dns`.
        public var rawValue: String { self.code.rawValue }

        public var description: String { self.rawValue }

        /// Looking up the host's name.
        public static let dns = Self(.dns)
        /// Opening the TCP connection.
        public static let tcp = Self(.tcp)
        /// The TLS handshake, including the check of the certificates.
        public static let tls = Self(.tls)
        /// Waiting for the answer to the HTTP request, or reading it.
        public static let http = Self(.http)
        /// Reading the open packet, or running the program's code for the opening.
        public static let open = Self(.open)
        /// The upgrade from polling to websocket.
        public static let probe = Self(.probe)
        /// Connecting the namespaces of Socket.IO, over a session of Engine.IO that is open.
        public static let namespace = Self(.namespace)
    }
}
