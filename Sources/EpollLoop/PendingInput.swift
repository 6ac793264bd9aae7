/// The state of a socket's input that is not read.
package enum PendingInput: Sendable {
    case nothing
    case bytes
    /// The end of the connection, or an error.
    case end
}
