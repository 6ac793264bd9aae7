import NIOCore

/// How a server of Socket.IO treats its clients.
package struct SocketIOServerConfiguration: Sendable {
    /// The names of the namespaces that clients may connect.
    package var namespaces = ["/", "/custom"]
    /// The `token` that CONNECT must have; nil accepts everybody.
    package var authToken: String?
    /// The time from the opening of a session to the end of one that is in no namespace.
    package var connectTimeout: TimeAmount = .seconds(45)
    /// Called on the server's loop with the reason each time a client breaks the rules and its session is ended.
    package var onIllegalPacket: (@Sendable (String) -> Void)?

    package init() {}
}
