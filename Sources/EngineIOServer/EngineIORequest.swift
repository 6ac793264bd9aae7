import EngineIO

/// The task that the head of a request gives to the server.
enum EngineIORequest: Equatable {
    /// Open a session whose packets go by HTTP requests.
    case handshake
    /// Open a session on the websocket that this request becomes.
    case webSocketHandshake
    case poll(sid: String)
    case post(sid: String)
    /// Move the session to the websocket that this request becomes.
    case upgrade(sid: String)

    /// The form of a request.
    enum Form: Equatable {
        case plain
        /// Wants to become a websocket.
        case webSocketHandshake
    }

    /// The requests that one session takes: by the transport that they name, and by their method.
    typealias Accepted = [Transport: [String: @Sendable (String) -> EngineIORequest]]

    private static let handshakes: [Transport: (form: Form, request: EngineIORequest)] = [
        .polling: (.plain, .handshake), .websocket: (.webSocketHandshake, .webSocketHandshake),
    ]

    /// Judges a request in the order of engine.io's server, which decides the code that a client sees.
    ///
    /// - Parameters:
    ///   - transports: the transports that the server offers.
    ///   - acceptedBySession: the requests that the session with this identifier takes; nil if no session has it.
    init(
        method: String, query: EngineIOQuery, form: Form, transports: Set<Transport>,
        acceptedBySession: (String) -> Accepted?
    ) throws(RequestRefusal) {
        guard let named = query.transport.flatMap(Transport.init(rawValue:)), transports.contains(named),
            let handshake = Self.handshakes[named]
        else { throw .unknownTransport }
        guard let sid = query.sid else {
            if method != "GET" { throw .badHandshakeMethod }
            if form != handshake.form { throw .badRequest }
            if query.version != "4" { throw .unsupportedVersion }
            self = handshake.request
            return
        }
        guard let accepted = acceptedBySession(sid) else { throw .unknownSession }
        guard form == handshake.form, let request = accepted[named]?[method] else { throw .badRequest }
        self = request(sid)
    }
}
