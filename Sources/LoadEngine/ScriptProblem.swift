/// Why a script cannot be used for a load test.
package enum ScriptProblem: Error, CustomStringConvertible {
    /// Its options are wrong.
    case invalid(String)
    /// It raised an error.
    case failed(String)
    /// One of its functions took longer than it may.
    case timedOut(String)
    /// It called `abort`, with this message.
    case aborted(String)
    /// It was ended by a ``ScriptStop``.
    case stopped

    package var description: String {
        switch self {
        case .invalid(let text), .failed(let text), .timedOut(let text), .aborted(let text): text
        case .stopped: "stopped"
        }
    }
}
