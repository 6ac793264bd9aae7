/// The reason why nothing can be sent to a namespace.
package enum NamespaceStatus: Sendable, Equatable {
    /// Nobody asked for it.
    case unknown
    /// The server has not answered yet.
    case connecting
    /// The server has refused it.
    case refused
    /// This side has left it.
    case left
    /// The server has left it, or the session is over.
    case disconnected
    /// The connection is lost, and is being made again.
    case reconnecting
}
