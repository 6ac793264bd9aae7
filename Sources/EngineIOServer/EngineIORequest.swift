import EngineIO

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
