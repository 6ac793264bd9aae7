/// The end of waiting for an ack.
package enum AckOutcome: String, CaseIterable, Sendable {
    /// It has come.
    case ok
    /// `call` has waited for it as long as the script wanted.
    case timeout
    /// The connection of the namespace was over before it came.
    case disconnected
}
