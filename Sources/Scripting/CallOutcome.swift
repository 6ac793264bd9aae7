/// How a call of a script's function ended.
package enum CallOutcome: Sendable {
    /// The first result as JSON; empty for nil, or if none was wanted.
    case returned(String)
    /// Its error was reported.
    case failed
    case cancelled
    /// `os.exit` was called with this status.
    case exited(String)
}
