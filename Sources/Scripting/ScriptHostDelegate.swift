/// Receives the events of a script. All calls come on the script's loop.
package protocol ScriptHostDelegate: AnyObject {
    func scriptFailed(_ error: UncaughtError)
    /// The script called `os.exit`: it does not run any more, its clients are still connected.
    func scriptExited(status: Int32)
    /// A call that ``ScriptHost/call(_:argument:wantsResult:id:)`` began is over.
    func scriptCallEnded(_ id: UInt64, _ outcome: CallOutcome)
    /// With a prompt: the main chunk, or the statement that ``ScriptHost/begin(statement:)`` began, is over.
    func scriptStatementEnded()
    /// The line that ``ScriptHost/readLine()`` asked for; nil at the end of the input.
    func scriptLineRead(_ line: String?)
    /// The main chunk has returned, no task is alive and no client is connected.
    func scriptFinished()
    /// The script has disconnected its last client; possibly from within a slice of Lua.
    func scriptDisconnected()
}

extension ScriptHostDelegate {
    /// Only a program that is a single script has a use for it.
    package func scriptDisconnected() {}

    /// Only a program with a prompt has these.
    package func scriptStatementEnded() {}
    package func scriptLineRead(_ line: String?) {}

    /// Only load tests call functions.
    package func scriptCallEnded(_ id: UInt64, _ outcome: CallOutcome) {}
}
