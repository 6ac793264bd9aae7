/// The end of one attempt to connect again after a loss.
package enum ReconnectOutcome: String, CaseIterable, Sendable {
    case ok
    case failed
    /// The script has disconnected meanwhile.
    case interrupted
}
