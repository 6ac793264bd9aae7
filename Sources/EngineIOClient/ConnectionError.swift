import EngineIO

/// Why a connection could not be made.
public struct ConnectionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// How far the attempt had come.
    public enum Phase: String, Sendable {
        /// Looking up the host's name.
        case dns
        /// Opening the TCP connection.
        case tcp
        /// The TLS handshake, certificates included.
        case tls
        /// Waiting for, or reading, the answer to the HTTP request.
        case http
        /// Reading the open packet, or running what the program does at the opening.
        case open
        /// The upgrade from polling to websocket.
        case probe
    }

    public var phase: Phase
    /// One sentence for a person; for an answer of the server, the words of python-engineio.
    public var message: String
    /// What lies behind it, such as the system's error text.
    public var cause: String?
    /// The HTTP status of the server's answer.
    public var status: Int?
    /// The Engine.IO error code in the answer's body: see ``ServerRefusal``.
    public var code: Int?
    /// The start of the answer's body, 4096 bytes at most; of a JSON string, what it says.
    public var body: String?
    /// Where the client connected to, without what may be secret: `http://***@localhost:5000/engine.io/?token=***`.
    public var url: String?
    /// The answer's `Retry-After`, as it was written: seconds or a date (RFC 9110, section 10.2.3).
    public var retryAfter: String?

    /// The session's meter was told of it.
    package var isMeasured = false

    public init(
        _ phase: Phase, _ message: String, cause: String? = nil, status: Int? = nil, code: Int? = nil,
        body: String? = nil
    ) {
        self.phase = phase
        self.message = message
        self.cause = cause
        self.status = status
        self.code = code
        self.body = body
    }

    public var description: String {
        var text = self.message
        if let cause, !cause.isEmpty { text += ": \(cause)" }
        if let url { text += " (\(url))" }
        return text
    }
}
