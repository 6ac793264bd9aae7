/// What a script is run with.
package struct ScriptOptions {
    /// One thing that the main task does: the command line's `-e`, `-l` and the script, in their order. The bytes are those
    /// of the command line, which need not be UTF-8.
    package enum Step {
        case code([UInt8])
        case require([UInt8])
        case file([UInt8])
        case standardInput
    }

    package var steps: [Step] = []
    /// The command line as `arg` shows it, and where in it the script stands.
    package var arguments: [[UInt8]] = []
    package var scriptIndex: Int?
    /// `-E`: neither LUA_INIT nor LUA_PATH count.
    package var ignoresEnvironment = false
    /// `-W`
    package var showsWarnings = false
    /// The first uncaught error ends the program.
    package var isStrict = false
    /// The url of `eio.connect()` without one.
    package var defaultURL: String?
    package var clients = ClientDefaults()

    /// The script is only read for what it says about a load test: nothing is printed, nobody connects, and the main chunk
    /// ends at its first wait.
    package var isPlan = false
    /// The most memory that Lua may have, in bytes; 0: no limit. One that asks for more gets an error it may catch.
    package var memoryLimit = 0
    /// What is run in the place of the script's file or the standard input, which is not read again.
    package var source: ScriptSource?
    /// The standard input, where it is not this script's alone.
    package var input: SharedInput?
    /// `print` into a standard output that nobody reads any more is no error.
    package var outputMayClose = false
    /// For `math.random`; 0: another one each time.
    package var seed: UInt64 = 0

    package init() {}
}

/// An error that no part of the script caught.
package struct UncaughtError {
    /// What part of the script it ended.
    package enum Part: String, Sendable {
        /// The main chunk, or the function of an iteration.
        case iteration
        case handler
        case task
    }

    package var part: Part
    /// It is a failed connect that the session's meter was told of.
    package var isMeasured: Bool
    /// Such as `'message' handler (registered at bot.lua:12)`.
    package var place: String
    /// Such as `bot.lua:31: attempt to index a nil value (local 'x')`.
    package var message: String
    package var traceback: String
}

/// Who is told what a script does. All calls come on the script's loop.
package protocol ScriptHostDelegate: AnyObject {
    func scriptFailed(_ error: UncaughtError)
    /// The script called `os.exit`: it does not run any more, its clients are still connected.
    func scriptExited(status: Int32)
    /// A call that ``ScriptHost/call(_:argument:wantsResult:id:)`` began is over.
    func scriptCallEnded(_ id: UInt64, _ outcome: CallOutcome)
    /// The main chunk has returned, no task is alive and no client is connected.
    func scriptFinished()
    /// The script has disconnected its last client; possibly from within a slice of Lua.
    func scriptDisconnected()
}

extension ScriptHostDelegate {
    /// Only a program of its own has somebody to tell.
    package func scriptDisconnected() {}

    /// Only load tests call functions.
    package func scriptCallEnded(_ id: UInt64, _ outcome: CallOutcome) {}
}
