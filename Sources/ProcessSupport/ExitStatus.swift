/// The exit statuses of the commands that test: k6's numbers.
package enum ExitStatus: Int32, Sendable {
    case success = 0
    case thresholdsFailed = 99
    case setupTimedOut = 100
    case teardownTimedOut = 101
    /// An output could not be written. k6 has no status for it; this is its one for any other error.
    case outputFailed = 103
    case invalidOptions = 104
    /// A signal ended the run.
    case stoppedFromOutside = 105
    case scriptFailed = 107
    /// The script called `abort`; `CLuaHost` has the same number for `os.exit`.
    case aborted = 108

    /// The status of `run` and `serve` after a signal, as shells report it.
    package static func signalled(_ signal: Int32) -> Int32 { 128 + signal }
}
