/// The settings that a script runs with.
package struct ScriptOptions {
    /// A step of the main task: the command line's `-e`, `-l` and the script, in their order. The bytes are those
    /// of the command line, which need not be UTF-8.
    package enum Step {
        case code([UInt8])
        case require([UInt8])
        case file([UInt8])
        case standardInput
    }

    package var steps: [Step] = []
    /// The command line as `arg` shows it, and the script's index in it.
    package var arguments: [[UInt8]] = []
    package var scriptIndex: Int?
    /// `-E`: neither LUA_INIT nor LUA_PATH count.
    package var ignoresEnvironment = false
    /// `-W`
    package var showsWarnings = false
    /// The first uncaught error ends the program.
    package var isStrict = false
    /// `-i`: a prompt follows the script.
    package var hasPrompt = false
    /// Called for each read of a global that is not defined, with its name and its place, such as `bot.lua:12`, which
    /// may be empty.
    package var onUndefinedGlobal: (@Sendable (_ name: String, _ place: String) -> Void)?
    /// The url of `eio.connect()` without one.
    package var defaultURL: String?
    package var clients = ClientDefaults()

    /// The script is only read for its plan of a load test: nothing is printed, nobody connects, and the main chunk
    /// ends at its first wait.
    package var isPlan = false
    /// The limit of Lua's memory in bytes; 0: no limit. A script that needs more gets an error, and may catch it.
    package var memoryLimit = 0
    /// The text that runs in place of the script's file or the standard input, which is not read again.
    package var source: ScriptSource?
    /// The standard input, if scripts share it.
    package var input: SharedInput?
    /// `print` into a standard output that nobody reads any more is not an error.
    package var outputMayClose = false
    /// The seed of `math.random`; 0: another one each time.
    package var seed: UInt64 = 0

    package init() {}
}
