/// The reason for the end of a server's session.
package enum SessionEnd: Equatable, Sendable {
    /// The client sent a close packet, or its connection ended: a poll that waits is answered by a noop.
    case client
    case server
    /// The client did not answer a ping in time.
    case timeout
}
